"""A private file for what is too much to keep in memory."""

from __future__ import annotations

import tempfile
import weakref
from array import array
from bisect import bisect_right
from pathlib import Path
from typing import IO


class SpillFile:
    """Blocks of bytes, one after another, in a temporary file that has no name.

    Only its owner can read it (0600), and it is gone when it is closed or the process ends,
    however that ends: on POSIX it has no name from the start, elsewhere the system removes it.

    Args:
        folder: where the file is made; None takes the system's temporary folder. It is made when
            the first block comes.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._ends = array("Q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def put(self, block: bytes) -> int:
        """Write `block`; return its number.

        Raises:
            OSError: it cannot be written whole; the file is as it was before.
        """
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0, dir=self._folder)  # noqa: SIM115  close()
            weakref.finalize(self, self._file.close)
        start = self._ends[-1]
        self._file.seek(start)
        written = self._file.write(block)
        if written != len(block):
            raise OSError(f"{written} of {len(block)} bytes could be written.")
        self._ends.append(start + written)
        return len(self) - 1

    def get(self, number: int) -> bytes:
        """Return the block that :meth:`put` has numbered so.

        Raises:
            OSError: the file cannot be read, or is closed.
            IndexError: there is no such block.
        """
        return self.span(number, number + 1)

    def span(self, first: int, end: int) -> bytes:
        """Return the blocks from `first` up to and without `end` as one.

        Raises:
            OSError: the file cannot be read, or is closed.
            IndexError: there are no such blocks.
        """
        if not 0 <= first < end <= len(self):
            raise IndexError(f"There are no blocks {first} to {end - 1}.")
        if self._file is None:
            raise OSError("The file is closed.")
        start, stop = self._ends[first], self._ends[end]
        self._file.seek(start)
        blocks = self._file.read(stop - start)
        if len(blocks) != stop - start:
            raise OSError(f"{len(blocks)} of {stop - start} bytes could be read.")
        return blocks

    def offset(self, number: int) -> int:
        """Return where a block begins; the number after the last gives the end of all."""
        return self._ends[number]

    def number_at(self, offset: int) -> int:
        """Return the number of the block that has the byte at `offset`."""
        return bisect_right(self._ends, offset) - 1

    def close(self) -> None:
        """Remove the file; safe to call twice."""
        if self._file is not None:
            self._file.close()
            self._file = None
