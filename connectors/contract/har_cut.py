"""What is whole in a HAR file that is not: a download that broke off, a tab that was closed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]', re.DOTALL)
"""A text, the beginning of one at the end of a file, or a bracket."""

_ENTRIES, _PAGES, _VERSION = b'"entries"', b'"pages"', b'"version"'


@dataclass(slots=True)
class WholeParts:
    """The parts of a broken file, each as JSON text.

    Attributes:
        has_entries: whether the list of entries has begun.
        closed: whether every bracket is closed: nothing is missing at the end.
    """

    entries: list[bytes] = field(default_factory=list)
    pages: list[bytes] = field(default_factory=list)
    version: bytes = b'""'
    has_entries: bool = False
    closed: bool = False


def whole_parts(data: bytes) -> WholeParts:
    """Return every page and every entry that ends before the file does.

    Args:
        data: UTF-8, without a byte order mark.
    """
    parts = WholeParts()
    lists = {_ENTRIES: parts.entries, _PAGES: parts.pages}
    depth, start = 0, 0  # log's own keys are at depth 2, what is in its lists from depth 4 on
    listed: list[bytes] | None = None
    before = b""
    for token in _TOKEN.finditer(data):
        word = token[0]
        if word in {b"{", b"["}:
            depth += 1
            if depth == 3 and word == b"[":
                listed = lists.get(before)
                parts.has_entries |= before == _ENTRIES
            elif depth == 4:
                start = token.start()
        elif word in {b"}", b"]"}:
            if depth == 4 and listed is not None:
                listed.append(data[start : token.end()])
            elif depth == 3:
                listed = None
            depth -= 1
        elif depth == 2 and before == _VERSION:
            parts.version = word
        before = word
    parts.closed = depth == 0
    return parts
