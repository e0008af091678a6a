"""The exchanges of the Network tab column by column, as filters look through them."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable
from urllib.parse import unquote_plus

from widgets.inspector_state import ExchangeRow

_URL = re.compile(r"(?:[^/?#]*://)?(?:[^/?#@]*@)?([^/?#]*)([^?#]*)")


class NetworkColumns:
    """Rows, and what is looked for in them folded to one case.

    Attributes:
        rows: the exchanges.
        words: what a bare word is looked for in: URL, decoded too, method, status and error.
        url_ends: where the URL ends in `words`.
        methods: folded like all of these.
        hosts: with the port.
        paths: without the query.
    """

    def __init__(self) -> None:
        self.rows: list[ExchangeRow] = []
        self.words: list[str] = []
        self.url_ends = array("L")
        self.methods: list[str] = []
        self.hosts: list[str] = []
        self.paths: list[str] = []

    def extend(self, rows: Iterable[ExchangeRow]) -> None:
        """Add exchanges at the end."""
        for row in rows:
            url = _url_words(row.url)
            status = "failed" if row.status is None else f"{row.status} {row.reason}"
            self.rows.append(row)
            self.words.append(f"{url}\n{row.method}\n{status} {row.error}".casefold())
            self.url_ends.append(len(url.casefold()))
            found = _URL.match(row.url)
            host, path = found.groups() if found else ("", "")
            # The same ones come again and again.
            self.methods.append(sys.intern(row.method.casefold()))
            self.hosts.append(sys.intern(host.casefold()))
            self.paths.append(sys.intern(path.casefold()))

    def clear(self) -> None:
        """Forget all exchanges."""
        self.rows.clear()
        self.words.clear()
        del self.url_ends[:]
        self.methods.clear()
        self.hosts.clear()
        self.paths.clear()


def _url_words(url: str) -> str:
    return f"{url}\n{unquote_plus(url)}" if "%" in url or "+" in url else url
