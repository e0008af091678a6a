"""Which column of a CSV file holds the phone numbers, and the texts in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Self

from app.explain.csv_file import CsvFile
from app.explain.stored_number import NumberReader

_PROBED_CELLS = 60
_LEAST_LIKE_PHONES = 0.6
"""More than a column of plain numbers gets, which look like phones and are not valid."""
_FORMULA = re.compile(r"""=\s*"([^"]*)"|=\s*(\+?\d[\d ().-]*)|'(.*)""", re.DOTALL)
_PHONE_LIKE = re.compile(
    r"\+?[\d\s().\-/\u00a0\u2010-\u2015]{7,25}(?:[ ,;]*(?:x|ext|#).{1,8})?", re.IGNORECASE
)
_ROUNDED = re.compile(r"\d[.,]\d+[eE]\+\d\d")
_DATE = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}(?:[ T].*)?")
_HEADINGS = (
    re.compile(
        r"(?:(?:main|primary|default) )?(?:phone|telephone|tel)(?: ?(?:number|no|nr|#))?\.?"
    ),
    re.compile(r"phonenumber|phone number"),
    re.compile(r"(?:phone )?numbers?|caller|nummer|numéro|número"),
    re.compile(r".*(?:phone|telefon|téléphone|teléfono|rufnummer|\btel\b).*"),
    re.compile(r".*(?:mobile|mobil|\bcell|handy|móvil|gsm).*"),
    re.compile(r".*fax.*"),
)
"""What the heading of a phone column says, the likeliest first."""


class NoPhoneColumnError(Exception):
    """No column looks like phone numbers, or the wanted one is not there.

    Attributes:
        columns: the headings that are there.
    """

    def __init__(self, sentence: str, columns: Sequence[str]) -> None:
        super().__init__(sentence)
        self.columns = tuple(columns)


class PhoneFile:
    """A CSV file with phones in one of its columns; closed by leaving the ``with`` block.

    Attributes:
        headings: the names of the columns, ``column 1`` and so on where the file has none.
        candidates: the places, from 0, of the columns that look like phones, the likeliest first.

    Args:
        path: the file.
        region: two ISO letters, for telling phones without a country code from other numbers.

    Raises:
        UnreadableFileError: it cannot be opened, is empty, or is no text.
        UnknownRegionError: there is no such region.
    """

    def __init__(self, path: Path, region: str = "US") -> None:
        reader = NumberReader(region)
        self._file = CsvFile(path)
        sample = self._file.sample
        width = max((len(row) for row in sample), default=0)
        self._titled = bool(sample) and not any(_is_phone_like(cell) for cell in sample[0])
        titles = [cell.strip() for cell in sample[0]] if self._titled else []
        titles += [""] * (width - len(titles))
        self.headings = tuple(
            title or f"column {place}" for place, title in enumerate(titles, start=1)
        )
        self.candidates = _candidates(titles, sample[self._titled :], reader)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._file.close()

    @property
    def progress(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return self._file.progress

    def column(self, wanted: str | None = None) -> int:
        """Return the place of a column, from 0.

        Args:
            wanted: a heading, or a number that counts from 1; None chooses the likeliest.

        Raises:
            NoPhoneColumnError: there is no such column.
        """
        name = self._file.path.name
        listed = f"Its columns are: {', '.join(self.headings)}."
        if wanted is None:
            if self.candidates:
                return self.candidates[0]
            raise NoPhoneColumnError(
                f"{name} has no column that looks like phone numbers. {listed}{self._doubt()}",
                self.headings,
            )
        headings = [_folded(heading) for heading in self.headings]
        if _folded(wanted) in headings:
            return headings.index(_folded(wanted))
        if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(headings):
            return int(wanted) - 1
        raise NoPhoneColumnError(f"{name} has no column '{wanted}'. {listed}", self.headings)

    def texts(self, column: int) -> Iterator[str]:
        """Yield one column's text of each row, formulas unwrapped; once.

        A row that is too short gives an empty text.

        Raises:
            UnreadableFileError: a row cannot be read; the message names its line.
        """
        for row in islice(self._file.rows(), int(self._titled), None):
            text = row[column] if column < len(row) else ""
            yield unwrapped(text) if text[:1] in ("=", "'") else text

    def _doubt(self) -> str:
        """Return what to do when the headings look wrong because the encoding was guessed."""
        encoding = self._file.encoding
        if encoding == "UTF-8":
            return ""
        return f" It was read as {encoding}; if that looks wrong, save it as CSV in UTF-8."


def unwrapped(text: str) -> str:
    """Return the text that a spreadsheet's formula keeps: ``="+1415"`` and ``'+1415`` are +1415."""
    found = _FORMULA.fullmatch(text)
    return text if found is None else next(part for part in found.groups() if part is not None)


def _candidates(
    titles: Sequence[str], rows: Sequence[Sequence[str]], reader: NumberReader
) -> tuple[int, ...]:
    ranked: list[tuple[int, int, float, int]] = []
    for place, title in enumerate(titles):
        cells = (unwrapped(row[place]).strip() for row in rows if place < len(row))
        probed = list(islice(filter(None, cells), _PROBED_CELLS))
        likeness = _likeness(probed, reader)
        rank = _rank_of(title)
        named = rank < len(_HEADINGS)
        if named and (likeness or not probed):
            tier = 0
        elif likeness >= _LEAST_LIKE_PHONES:
            tier = 1
        elif (named or len(titles) == 1) and _has_digit(probed):
            tier = 2
        else:
            continue
        ranked.append((tier, rank, -likeness, place))
    return tuple(place for *_order, place in sorted(ranked))


def _likeness(cells: Sequence[str], reader: NumberReader) -> float:
    """Return how many of the cells are phones, 0 to 1; valid numbers count twice as much."""
    if not cells:
        return 0.0
    like = [cell for cell in cells if _is_phone_like(cell)]
    valid = sum(reader.read(cell) is not None for cell in like)
    return (len(like) + valid) / (2 * len(cells))


def _has_digit(cells: Sequence[str]) -> bool:
    return any(char.isdecimal() for cell in cells for char in cell)


def _rank_of(title: str) -> int:
    folded = _folded(title)
    for rank, pattern in enumerate(_HEADINGS):
        if pattern.fullmatch(folded):
            return rank
    return len(_HEADINGS)


def _is_phone_like(cell: str) -> bool:
    text = unwrapped(cell).strip()
    if _ROUNDED.fullmatch(text):
        return True
    digits = sum(char.isdecimal() for char in text)
    return (
        7 <= digits <= 20
        and _PHONE_LIKE.fullmatch(text) is not None
        and _DATE.fullmatch(text) is None
    )


def _folded(heading: str) -> str:
    """Return a heading as it is compared: small letters, blanks for other marks."""
    return " ".join(re.split(r"[\s_\-:]+", heading.strip().casefold())).strip()
