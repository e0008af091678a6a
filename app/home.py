"""Where the bench keeps its state: ``$CALLBENCH_HOME`` when set, else the user's data folder."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """Return the state folder, made on first use and readable by its owner only."""
    configured = os.environ.get("CALLBENCH_HOME")
    if configured:
        path = Path(configured).expanduser()
    else:
        import platformdirs  # noqa: PLC0415  not needed when the folder is named

        path = Path(platformdirs.user_data_dir("callbench", appauthor=False))
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
