"""Tells a connector in JavaScript or TypeScript by its path."""

from __future__ import annotations

from pathlib import Path

from connectors.contract.operations import OPERATIONS

HOMES = ("connectors", "src/connectors")
SUFFIXES = frozenset({".js", ".cjs", ".mjs", ".ts"})


def is_javascript(path: Path) -> bool:
    """Tell whether Node has to run what is at `path`.

    A file by its suffix; a folder by its index file, or by files of one operation each
    (``interfaces/findContact.js``). A folder with a ``connector.py`` is Python's.
    """
    if path.is_file():
        return path.suffix in SUFFIXES
    if not path.is_dir() or (path / "connector.py").is_file():
        return False
    if any((path / f"index{suffix}").is_file() for suffix in SUFFIXES):
        return True
    return _holds_interfaces(path / "interfaces") or _holds_interfaces(path)


def connectors_below(folder: Path) -> tuple[Path, ...]:
    """Return the connectors of a project that keeps them in a folder ``connectors``, as most do."""
    homes = [folder / name for name in HOMES]
    homes += [folder] if folder.name == "connectors" else []
    entries = sorted(entry for home in homes if home.is_dir() for entry in home.iterdir())
    return tuple(
        entry
        for entry in entries
        if is_javascript(entry)
        and entry.name != "interfaces"
        and not entry.name.endswith((".d.ts", ".test.js", ".test.ts", ".spec.js", ".spec.ts"))
    )


def _holds_interfaces(folder: Path) -> bool:
    return any((folder / f"{name}{suffix}").is_file() for name in OPERATIONS for suffix in SUFFIXES)
