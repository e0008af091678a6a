"""uvicorn's HTTP protocol with limits on what comes before a request can be seen.

``uvicorn --http connectors.server.protocol:GuardedProtocol``; ``callbench serve`` uses it too.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from connectors.server.limits import MAX_HEADER_BYTES, MAX_URL_BYTES

HEAD_TIMEOUT_S = 10.0
MAX_HEAD_BYTES = MAX_HEADER_BYTES + MAX_URL_BYTES + 4096
"""Above what is answered with a sentence: beyond it there is no request to answer."""


class GuardedProtocol(HttpToolsProtocol):
    """Ends a connection whose request line and headers take too long, or never end."""

    head_timeout_s = HEAD_TIMEOUT_S

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._head_bytes = 0
        self._in_head = True
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin a request; on a kept connection the wait for its headers starts here."""
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        """Hand the request on: from here on the application's limits count."""
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Count anew for the next request."""
        super().on_message_complete()
        self._in_head, self._head_bytes = True, 0

    def data_received(self, data: bytes) -> None:
        """Take bytes, unless the headers have grown beyond any sense."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES:
            self.transport.abort()

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_timeout_s, self._give_up)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.abort()
