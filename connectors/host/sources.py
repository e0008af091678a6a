"""The files that make up a connector, and the hash that names a version of them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset({".py", ".js", ".mjs", ".cjs", ".ts", ".json"})
ENVIRONMENT = ".env"
SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})
FACES = frozenset({"connector.py", "index.js", "index.mjs", "index.cjs", "index.ts"})
"""Files that stand for their folder: the connector is all that is in there."""
MAX_FILES = 5000
"""A folder with more is no connector alone: the rest is neither hashed nor watched."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of one connector.

    Attributes:
        root: what the names of the files are relative to.
        files: sorted; those that exist.
        folders: in which a file of the connector may appear.
    """

    root: Path
    files: tuple[Path, ...]
    folders: tuple[Path, ...]

    def digest(self) -> str:
        """Return the first 12 hex digits of a SHA-256 over names and contents."""
        whole = hashlib.sha256()
        for path in self.files:
            try:
                content = path.read_bytes()
            except OSError:
                continue  # It went away a moment ago.
            name = os.path.relpath(path, self.root)
            whole.update(f"{name}\n{len(content)}\n".encode(errors="surrogateescape"))
            whole.update(content)
        return whole.hexdigest()[:12]


def sources_at(path: Path, *more: Path) -> Sources:
    """Return the files of the connector at `path`.

    Args:
        path: a folder with all that is below it, or a file with the manifest beside it.
        more: other files that the connector reads: a manifest or an environment one folder up.
    """
    path = path.resolve()
    if path.name in FACES:
        path = path.parent
    if path.is_dir():
        root, (files, folders) = path, _below(path)
    else:
        root = path.parent
        files, folders = {path, path.with_name("manifest.json")}, {root}
    for other in more:
        files.add(other.resolve())
        folders.add(other.resolve().parent)
    return Sources(
        root,
        tuple(sorted(each for each in files if each.is_file())),
        tuple(sorted({_existing(each) for each in folders})),
    )


def _below(folder: Path) -> tuple[set[Path], set[Path]]:
    """Return the files and the folders of a connector's folder, at most MAX_FILES of each."""
    files: set[Path] = set()
    folders: set[Path] = set()
    for at, inner, names in os.walk(folder):
        here = Path(at)
        folders.add(here)
        files.update(here / name for name in names if _is_source(name))
        inner[:] = sorted(
            name for name in inner if name not in SKIPPED and not name.startswith(".")
        )
        if "pyvenv.cfg" in names and here != folder:
            # A virtual environment: nothing in it is the connector's own.
            inner.clear()
        if len(files) >= MAX_FILES or len(folders) >= MAX_FILES:
            break
    return set(sorted(files)[:MAX_FILES]), folders


def _is_source(name: str) -> bool:
    return name == ENVIRONMENT or (not name.startswith(".") and Path(name).suffix in SUFFIXES)


def _existing(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder
