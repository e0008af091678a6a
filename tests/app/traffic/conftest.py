from __future__ import annotations

from tests.app.checks.conftest import runs

__all__ = ["runs"]
