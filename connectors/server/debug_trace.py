"""``is-debug: true`` adds ``_debug`` to an answer (measured, app-connect-server section 2).

Where it deviates from production: only a caller with a valid token gets one, stack traces are left
out, the requests to the CRM are in it, and secrets are taken out by name and by value.
"""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Any

from connectors.contract.exchange import Exchange
from connectors.runtime.redact import Redactor

MAX_TRACES = 200


class DebugTrace:
    """What happened during one request."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._redactor = Redactor()
        self._traces: list[dict[str, Any]] = []
        self._id = f"req_{int(time.time() * 1000)}_{secrets.token_hex(4)[:7]}"

    def learn(self, values: tuple[str, ...]) -> None:
        """Take these secrets out of everything, also of what is there already."""
        self._redactor.learn(values)

    def add(self, method: str, data: Any = None, level: str = "info") -> None:
        """Note a step; `data` is JSON data."""
        if len(self._traces) >= MAX_TRACES:
            return
        now = datetime.now(UTC)
        self._traces.append(
            {
                "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
                "elapsed": int(self._elapsed_ms()),
                "methodName": method,
                "level": level,
                "data": {} if data is None else data,
            }
        )

    def add_exchange(self, exchange: Exchange) -> None:
        """Note a request to the CRM; its secrets are gone already."""
        self.add(
            f"http:{exchange.method}",
            {
                "url": exchange.url,
                "status": exchange.status,
                "ms": round(exchange.ms, 1),
                "error": exchange.error,
            },
            "info" if exchange.error is None and (exchange.status or 0) < 400 else "error",
        )

    def wrapped(self, answer: Any) -> Any:
        """Return an answer with the trace in it; one that is no object stays as it is."""
        if not isinstance(answer, dict):
            return answer
        traces = self._redactor.result(self._traces)
        debug = {
            "sum": [
                {
                    "index": place,
                    "timestamp": trace["timestamp"],
                    "level": trace["level"].upper(),
                    "method": trace["methodName"],
                    "elapsedMs": trace["elapsed"],
                }
                for place, trace in enumerate(traces, 1)
            ],
            "requestId": self._id,
            "totalDuration": f"{self._elapsed_ms():.0f}ms",
            "traceCount": len(traces),
            "traces": traces,
        }
        return answer | {"_debug": debug}

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._began) * 1000
