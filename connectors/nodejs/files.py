"""Which files a connector in JavaScript has beside its own: what it imports, and what is data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from connectors.nodejs.source import SUFFIXES

MAX_FILES = 500
_IMPORTED = re.compile(r"""\b(?:from|import|require)\s*\(?\s*(['"])(\.{1,2}/[^'"\n]+)\1""")
_ENDINGS = ("", ".js", ".ts", ".cjs", ".mjs", ".json")


def imported_files(path: Path) -> tuple[Path, ...]:
    """Return the files that a connector imports by a relative path, and what those import.

    They are read, not loaded, so that a connector that is broken has them as well.

    Args:
        path: the connector's file, or its folder.
    """
    start = path.resolve()
    if start.is_dir():
        indexes = (start / f"index{suffix}" for suffix in sorted(SUFFIXES))
        start = next((index for index in indexes if index.is_file()), start)
    found: dict[Path, None] = {}
    waiting = [start] if start.suffix in SUFFIXES else []
    while waiting and len(found) < MAX_FILES:
        file = waiting.pop()
        for imported in _imports_of(file):
            if imported != start and imported not in found:
                found[imported] = None
                if imported.suffix in SUFFIXES:
                    waiting.append(imported)
    return tuple(found)


def data_of(path: Path) -> Callable[[Path], bool]:
    """Return what tells the data of a connector's project from its source.

    Data is what ``nodemon.json`` ignores: those who develop the project want no restart for it,
    since the connector writes it itself.
    """
    start = path.resolve()
    project = next((each for each in start.parents if (each / "package.json").is_file()), None)
    if start.is_dir() and (start / "package.json").is_file():
        project = start
    if project is None:
        return lambda _file: False
    patterns = _ignored(project / "nodemon.json")

    def is_data(file: Path) -> bool:
        if not file.is_relative_to(project):
            return False
        name = PurePosixPath(file.relative_to(project).as_posix())
        own = [str(name), *(str(parent) for parent in name.parents)]
        return any(fnmatchcase(each, pattern) for each in own for pattern in patterns)

    return is_data


def _ignored(settings: Path) -> tuple[str, ...]:
    try:
        listed = json.loads(settings.read_text(encoding="utf-8-sig")).get("ignore")
    except (OSError, ValueError, AttributeError):
        return ()
    entries = listed if isinstance(listed, list) else [listed]
    return tuple(
        each.removeprefix("./").rstrip("/") for each in entries if isinstance(each, str) and each
    )


def _imports_of(file: Path) -> list[Path]:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    targets = (_resolved(file.parent / found[2]) for found in _IMPORTED.finditer(text))
    return [target for target in targets if target is not None]


def _resolved(target: Path) -> Path | None:
    """Return the file that Node, or a TypeScript compiler, takes for a relative import."""
    tried = [target.with_name(target.name + ending) for ending in _ENDINGS]
    tried += [target.with_suffix(".ts")] if target.suffix == ".js" else []
    tried += [target / f"index{suffix}" for suffix in sorted(SUFFIXES)]
    found = next((each for each in tried if each.is_file()), None)
    return found.resolve() if found else None
