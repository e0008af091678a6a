"""A connector's context for tests: it remembers what the connector did with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass
class RecordedAccountData:
    """Option lists in memory; those in `stale` are out of date."""

    values: dict[str, Any] = field(default_factory=dict)
    stale: dict[str, Any] = field(default_factory=dict)

    def get(self, key: str) -> Any | None:
        return self.values.get(key)

    def get_stale(self, key: str) -> Any | None:
        return self.values.get(key, self.stale.get(key))

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value


@dataclass
class RecordingContext:
    """Satisfies ``connectors.contract.connector.Context``."""

    http: httpx.AsyncClient
    config: Mapping[str, str] = field(default_factory=dict)
    account_data: RecordedAccountData = field(default_factory=RecordedAccountData)
    user_changes: dict[str, Any] = field(default_factory=dict)
    findings: list[tuple[str, str]] = field(default_factory=list)

    def save_user(self, **changes: Any) -> None:
        self.user_changes.update(changes)

    def report(self, code: str, message: str) -> None:
        self.findings.append((code, message))
