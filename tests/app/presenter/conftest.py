from __future__ import annotations

from tests.desk import open_desk

__all__ = ["open_desk"]
