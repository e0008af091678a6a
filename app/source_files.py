"""The files of a connector by path: which there are, reading one, writing one back.

What the user did not change keeps its bytes: line ends, a byte order mark, a missing last line end.
"""

from __future__ import annotations

import contextlib
import difflib
import itertools
import os
import re
import stat
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from connectors.host.load import PROXY_FILES, builtin_platforms
from connectors.nodejs.files import imported_files
from connectors.nodejs.source import SUFFIXES as JAVASCRIPT

MAX_BYTES = 1024 * 1024
MOST_FILES = 200
MANIFEST = "manifest.json"
SUFFIXES = frozenset({".json", ".py", *JAVASCRIPT})
LEFT_OUT = frozenset({"node_modules", "__pycache__", "venv", "build", "dist"})
_NEW_FILE_MODE = 0o644
_BOM = "\ufeff"
_END = re.compile("(\r\n|\r|\n)")
_NO_LINE_END = re.compile("[\0\u2029\ufdd0\ufdd1]")
"""What a text editor of Qt takes for the end of a line, or of the text."""


class SourceFileError(Exception):
    """A file cannot be read or written; the message is one sentence."""


class ChangedOnDiskError(SourceFileError):
    """Somebody else wrote the file since it was read."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file as it was read.

    Attributes:
        content: its bytes.
        text: each line ended by a line feed, without a byte order mark.
        locked: why it may not be changed, one sentence; empty when it may.
    """

    content: bytes
    text: str
    locked: str = ""


def main_file(platform: str) -> Path | None:
    """Return the file that a connector by path begins with, None for a built-in one."""
    if platform in builtin_platforms():
        return None
    path = Path(platform).expanduser().absolute()
    if not path.is_dir():
        return path if path.suffix in SUFFIXES else None
    index = [f"index{suffix}" for suffix in sorted(JAVASCRIPT)]
    # In the order in which the loaders take them.
    names = ("connector.py", *index, *PROXY_FILES)
    return next((path / name for name in names if (path / name).is_file()), None)


def source_files(platform: str) -> list[Path]:
    """Return a connector's files that can be edited: the first one, its manifest, the others.

    A file that does not stand for its folder brings those that it imports.

    Args:
        platform: what the connection names; a built-in connector has no files here.
    """
    main = main_file(platform)
    path = Path(platform).expanduser().absolute()
    if main is None and (platform in builtin_platforms() or not path.is_dir()):
        return []
    folder = path if main is None else main.parent
    manifest = folder / MANIFEST
    found = [] if main is None else [main]
    if manifest.is_file() and manifest != main:
        found.append(manifest)
    own_folder = path.is_dir() or (main is not None and main.stem in {"connector", "index"})
    if own_folder:
        others = (each for each in _walk(folder) if each not in (main, manifest))
        found += itertools.islice(others, MOST_FILES)
    elif main is not None:
        others = (each for each in imported_files(main) if each.suffix in SUFFIXES)
        found += itertools.islice((each for each in others if each not in found), MOST_FILES)
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in LEFT_OUT and not name.startswith(".")
        )
        for name in sorted(names):
            path = Path(here) / name
            if path.suffix in SUFFIXES and not name.startswith("."):
                yield path


def read_source(path: Path) -> SourceText:
    """Read a file.

    Raises:
        SourceFileError: there is none, it is larger than 1 MB, or it is no text in UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        may_change = _may_change(path)
    except OSError as error:
        raise SourceFileError(
            f"Cannot read {path} ({error.strerror}): check that it is there for you to read."
        ) from error
    if len(content) > MAX_BYTES:
        raise SourceFileError(
            f"{path.name} is larger than {MAX_BYTES // 1024} KB: edit it elsewhere, the bench sees "
            "when it is saved."
        )
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise SourceFileError(
            f"{path.name} is not UTF-8 text (byte {error.start + 1:,}): save it as UTF-8 elsewhere."
        ) from error
    odd = _NO_LINE_END.search(text)
    locked = ""
    if odd:
        locked = (
            f"{path.name} is read-only here: it holds the character U+{ord(odd[0]):04X}, "
            "which an editor would lose."
        )
    elif not may_change:
        locked = f"{path.name} is read-only: its permissions let nobody here write it."
    return SourceText(content, _END.sub("\n", text.removeprefix(_BOM)), locked)


def is_on_disk(path: Path, content: bytes) -> bool:
    """Tell whether a file has this content; one that cannot be read has another."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def write_source(path: Path, before: SourceText, text: str, on_disk: bytes) -> SourceText:
    """Write a text in place of the one that was read, whole or not at all.

    Args:
        path: a link is followed, its target is written.
        before: what was read; lines that stay keep their ends.
        text: each line ended by a line feed.
        on_disk: what may be replaced: nothing is written over anything else.

    Returns:
        The file as it is now.

    Raises:
        ChangedOnDiskError: the file has another content.
        SourceFileError: it cannot be written; what was there is still there.
    """
    try:
        content = _with_ends(before, text).encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise SourceFileError(
            f"{path.name} is not saved: line {line} holds half a character, delete it."
        ) from error
    try:
        target = path.resolve()
        if target.exists():
            if not is_on_disk(target, on_disk):
                raise ChangedOnDiskError(f"{path.name} was changed on disk meanwhile.")
            if not _may_change(target):
                raise SourceFileError(
                    f"{path.name} is not saved: the file is read-only. Your text is kept here: "
                    "save it again when you may write the file."
                )
        _replace(target, content)
    except OSError as error:
        raise SourceFileError(
            f"{path.name} is not saved: {error.strerror}. Your text is kept here: save it again "
            "when that is mended."
        ) from error
    return SourceText(content, text)


def _may_change(path: Path) -> bool:
    """Tell whether a file may be written; root may write any, and leaves the locked ones alone."""
    return os.access(path, os.W_OK) and bool(path.stat().st_mode & 0o222)


def _replace(target: Path, content: bytes) -> None:
    kept = target.stat() if target.exists() else None
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    draft = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  it is open already
            file.write(content)
            file.flush()
            if kept is not None and (kept.st_uid, kept.st_gid) != (os.getuid(), os.getgid()):
                with contextlib.suppress(PermissionError):  # Then it is the user's own from now on.
                    os.fchown(file.fileno(), kept.st_uid, kept.st_gid)
            mode = _NEW_FILE_MODE if kept is None else stat.S_IMODE(kept.st_mode)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _keep_name(target.parent)


def _keep_name(folder: Path) -> None:
    """Write the folder itself to disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _with_ends(before: SourceText, text: str) -> str:
    """Return a text with a line end of the file's own at each line."""
    original = before.content.decode()
    mark = _BOM if original.startswith(_BOM) else ""
    pieces = _END.split(original.removeprefix(mark))
    lines, ends = pieces[::2], pieces[1::2]
    usual = Counter(ends).most_common(1)[0][0] if ends else "\n"
    if len(set(ends)) <= 1:
        return mark + text.replace("\n", usual)
    new = text.split("\n")
    new_ends = [usual] * (len(new) - 1)
    for old_at, new_at, size in difflib.SequenceMatcher(None, lines, new).get_matching_blocks():
        for step in range(size):
            if old_at + step < len(ends) and new_at + step < len(new_ends):
                new_ends[new_at + step] = ends[old_at + step]
    return mark + "".join(f"{line}{end}" for line, end in zip(new, [*new_ends, ""], strict=True))
