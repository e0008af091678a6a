"""What a connector prints, as events of the invocation that printed it."""

from __future__ import annotations

import io
from collections.abc import Callable

from connectors.contract.hosting import ConsoleEvent
from connectors.runtime import transport
from connectors.runtime.redact import Redactor

MAX_PRINT = 64 * 1024


class ConsoleWriter(io.TextIOBase):
    """Stands in for ``sys.stdout`` or ``sys.stderr``: whole lines become console events.

    Args:
        emit: takes the events.
        stream: ``stdout`` or ``stderr``.
    """

    def __init__(self, emit: Callable[[ConsoleEvent], None], stream: str) -> None:
        super().__init__()
        self._emit = emit
        self._name = stream
        self._pending: dict[int, str] = {}

    def writable(self) -> bool:
        """Say that text can be written."""
        return True

    def write(self, text: str) -> int:
        """Take printed text."""
        key = _invocation_id()
        self._pending[key] = self._pending.get(key, "") + text
        if "\n" in text or len(self._pending[key]) > MAX_PRINT:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what the current invocation has printed; a huge print is cut, and says so."""
        key = _invocation_id()
        text = self._pending.pop(key, "").removesuffix("\n")
        if text:
            invocation = transport.current.get(None)
            # A thread of the connector's own belongs to no invocation: the bench, which knows the
            # connection's secrets, takes them out then.
            redactor = invocation.redactor if invocation else Redactor()
            kept = redactor.prose(text)
            if len(kept) > MAX_PRINT:
                kept = f"{kept[:MAX_PRINT]}\n... cut here: {len(text):,} characters were printed."
            self._emit(ConsoleEvent(text=kept, stream=self._name, invocation=key))


def _invocation_id() -> int:
    invocation = transport.current.get(None)
    return invocation.id if invocation else 0
