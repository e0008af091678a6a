"""A CSV file of any delimiter and encoding, read as a stream.

What spreadsheets and CRMs really export is read: UTF-8 with and without a byte order mark, UTF-16,
Windows-1252, quoted line breaks, ``sep=;`` on the first line, a blank after each delimiter.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from _csv import Reader as Rows

_SAMPLE_BYTES = 1 << 18
_SAMPLE_ROWS = 500
_LONGEST_FIELD = 1 << 24
_DELIMITERS = ",;\t|^~:"
_NO_DELIMITER = "\x1f"
"""A delimiter that no text has, for a file with one column."""
_SEP_LINE = re.compile(r'"?sep=(.)"?[ ,;\t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_NO_CSV = {
    b"PK\x03\x04": "a spreadsheet or an archive",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"\x1f\x8b": "compressed",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
}
_MENDED = "callbench.windows-1252"
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")


class UnreadableFileError(Exception):
    """The file is no CSV that can be read; the message is a sentence with a next step."""


class CsvFile:
    """A CSV file, opened and inspected; closed by leaving the ``with`` block.

    Attributes:
        encoding: as which it is read, in words.
        sample: the first rows that are not empty.

    Args:
        path: the file, or a pipe.

    Raises:
        UnreadableFileError: it cannot be opened, is empty, or is no text.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._binary = io.BufferedReader(io.FileIO(path), _SAMPLE_BYTES)
        except OSError as error:
            raise _not_read(path, error) from error
        self._file: IO[bytes] | IO[str] = self._binary
        try:
            self._size = path.stat().st_size
            self._inspect(self._binary.peek(_SAMPLE_BYTES)[:_SAMPLE_BYTES])
            self._lines = io.TextIOWrapper(
                self._binary, self._codec, _errors(self._codec), newline=""
            )
            self._file = self._lines
        except OSError as error:
            self.close()
            raise _not_read(path, error) from error
        except UnreadableFileError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._file.close()

    @property
    def progress(self) -> float:
        """How much of the file has been read, 0 to 1."""
        if self._binary.closed or not self._size:
            return 1.0
        return min(1.0, self._binary.tell() / self._size)

    def rows(self) -> Iterator[list[str]]:
        """Yield each row that is not empty, from the first; once.

        Raises:
            UnreadableFileError: a row cannot be read; the message names its line.
        """
        # A field may be larger than the module's own limit; this one keeps memory bounded.
        csv.field_size_limit(_LONGEST_FIELD)
        lines: list[str] = []
        reader = self._reader(_noted(self._lines, lines))
        try:
            yield from islice(self._whole_rows(reader, lines), self._skipped, None)
        except csv.Error as error:
            first = reader.line_num - len(lines) + 1
            raise UnreadableFileError(
                f"{self.path.name} cannot be read from line {first} on ({error}): look for a "
                "quotation mark that is not closed."
            ) from error
        except OSError as error:
            raise _not_read(self.path, error) from error

    def _whole_rows(self, reader: Rows, lines: list[str]) -> Iterator[list[str]]:
        """Yield the rows that are not empty; `lines` are always those of the latest."""
        for row in reader:
            if len(lines) > 1 and len(list(self._reader([*lines, "one more"]))) == 1:
                # One more line would have become part of it: the row is still open at the end.
                first = reader.line_num - len(lines) + 1
                raise UnreadableFileError(
                    f"{self.path.name} cannot be read from line {first} on: a quotation mark there "
                    "is not closed."
                )
            lines.clear()
            if row:
                yield row

    def _reader(self, lines: Iterable[str]) -> Rows:
        return csv.reader(lines, delimiter=self._delimiter, skipinitialspace=self._blank_after)

    def _inspect(self, head: bytes) -> None:
        """Find out encoding and delimiter from the file's beginning."""
        name = self.path.name
        if not head:
            raise UnreadableFileError(f"{name} is empty: choose a file with phone numbers.")
        for start, what in _NO_CSV.items():
            if head.startswith(start):
                raise UnreadableFileError(f"{name} is {what}, no CSV: export it as CSV in UTF-8.")
        self._codec, self.encoding = _encoding_of(head)
        text = codecs.getincrementaldecoder(self._codec)(_errors(self._codec)).decode(head)
        if _is_binary(text):
            raise UnreadableFileError(f"{name} is no text: export it as CSV in UTF-8.")
        whole = len(head) >= self._size > 0
        separator = _SEP_LINE.match(text)
        self._skipped = 0 if separator is None else 1
        self._delimiter = separator[1] if separator else _delimiter_of(text, whole=whole)
        rows = _parsed(text, self._delimiter, whole=whole)[self._skipped :]
        self._blank_after = _blank_follows(rows)
        if self._blank_after:
            rows = _parsed(text, self._delimiter, whole=whole, blank_after=True)[self._skipped :]
        self.sample = rows


def _noted(lines: Iterable[str], noted: list[str]) -> Iterator[str]:
    """Yield the lines, and append each to `noted`."""
    for line in lines:
        noted.append(line)
        yield line


def _encoding_of(head: bytes) -> tuple[str, str]:
    """Return the codec for a file that begins like this, and its name for a person."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", "UTF-8"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "UTF-16"
    # Without a byte order mark, every second byte of plain letters and digits is zero.
    half = max(1, len(head) // 2)
    if head[1::2].count(0) > half * 0.6:
        return "utf-16-le", "UTF-16"
    if head[0::2].count(0) > half * 0.6:
        return "utf-16-be", "UTF-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252", "Windows-1252"
    return "utf-8", "UTF-8"


def _errors(codec: str) -> str:
    """Return how wrong bytes are read: a single one in UTF-8 is most likely Windows-1252."""
    return _MENDED if codec.startswith("utf-8") else "replace"


def _read_as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error(_MENDED, _read_as_windows_1252)


def _is_binary(text: str) -> bool:
    """Tell whether more than a twentieth of the characters are none that a text has."""
    return len(_NO_TEXT.findall(text)) > len(text) // 20


def _delimiter_of(text: str, *, whole: bool) -> str:
    """Return the delimiter under which most rows have the same number of columns."""
    best, best_share = _NO_DELIMITER, 0.5
    for delimiter in _DELIMITERS:
        if delimiter not in text:
            continue
        widths = Counter(len(row) for row in _parsed(text, delimiter, whole=whole))
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        share = count / max(1, widths.total())
        if width > 1 and share > best_share:
            best, best_share = delimiter, share
    return best


def _parsed(
    text: str, delimiter: str, *, whole: bool, blank_after: bool = False
) -> list[list[str]]:
    """Return the first rows of a text that is the beginning of a file, or the whole of it."""
    csv.field_size_limit(_LONGEST_FIELD)
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=blank_after)
    try:
        rows = list(islice(filter(None, reader), _SAMPLE_ROWS + 1))
    except csv.Error:
        return []
    # The last row of a beginning may be cut.
    return rows[:_SAMPLE_ROWS] if whole or len(rows) == 1 else rows[: len(rows) - 1]


def _blank_follows(rows: list[list[str]]) -> bool:
    """Tell whether a blank stands after every delimiter, as a person writes a list."""
    cells = [cell for row in rows for cell in row[1:] if cell]
    return bool(cells) and all(cell.startswith(" ") for cell in cells)


def _not_read(path: Path, error: OSError) -> UnreadableFileError:
    return UnreadableFileError(
        f"Cannot read {path} ({error.strerror}): choose a file that you may read."
    )
