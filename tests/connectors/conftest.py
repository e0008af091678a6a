"""The inherited suite explains its failures; property-based tests write outside the checkout."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.connectors.contract_suite")

os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "callbench-hypothesis")
)
