"""Callbench's version, from its package's metadata."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """Return Callbench's version."""
    try:
        return metadata.version("callbench")
    except metadata.PackageNotFoundError:
        return "from source"
