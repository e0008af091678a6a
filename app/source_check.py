"""What is wrong with a connector's file, and on which line.

A proxy config is read by the code that loads it, a manifest by the contract's types, Python by the
compiler. JavaScript is checked by Node when it is loaded.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from app.source_files import MANIFEST
from connectors.contract.manifest import Manifest
from connectors.contract.model import from_wire
from connectors.proxy.config import Problem, ProxyConfigError, read_config
from connectors.proxy.json_text import Place, lines
from widgets.inspector_state import SourceMark

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\w+|.')
_TEMPLATE = re.compile(r"\{\{.*?\}\}")
_STEP = re.compile(r"[^.\[\]]+|\[[^\]]*\]")


def is_slow(path: Path) -> bool:
    """Tell whether a check is worth a thread; the compiler would hold up all threads anyway."""
    return path.suffix == ".json"


def check(path: Path, text: str, *, main: bool) -> list[SourceMark]:
    """Return the errors and warnings of a file, in the order of their lines.

    Args:
        path: says what the file is; it need not be there.
        text: its text, each line ended by a line feed.
        main: whether the connector begins with this file.
    """
    if path.suffix == ".py":
        return _check_python(path, text)
    if path.suffix != ".json":
        return []
    if main:
        return _check_config(text)
    return _check_manifest(text) if path.name == MANIFEST else []


def mark_at(
    rows: Sequence[str],
    line: int,
    severity: Any,
    said: str,
    *,
    column: int = 0,
    words: Sequence[str] = (),
) -> SourceMark:
    """Return a mark under one of the words or what is at the column, else under the whole line.

    Args:
        rows: the lines of the whole text.
        line: counted from 1; a line that is not there gives a mark on none.
        severity: ``error`` or ``warning``.
        said: one sentence.
        column: counted from 1, 0 where it is not known.
        words: the first of them that is on the line is underlined.
    """
    if not 1 <= line <= len(rows):
        return SourceMark(0, 0, 0, severity, said)
    content = rows[line - 1]
    shown = next((word for word in words if word in content), "")
    if shown:
        return SourceMark(line, content.index(shown) + 1, len(shown), severity, said)
    if 1 <= column <= len(content):
        word = _WORD.match(content, column - 1)
        return SourceMark(line, column, len(word[0]) if word else 1, severity, said)
    start = len(content) - len(content.lstrip())
    return SourceMark(line, start + 1, max(1, len(content.strip())), severity, said)


def _check_config(text: str) -> list[SourceMark]:
    rows = text.split("\n")
    try:
        reading = read_config(text)
    except ProxyConfigError as error:
        return [mark_at(rows, error.line, "error", str(error), column=error.column)]
    marks = [
        mark_at(rows, problem.line, "warning", problem.text, words=_words_of(problem))
        for problem in reading.problems
    ]
    around = _wrong_shapes(text, reading.manifest) if reading.manifest else []
    return sorted([*marks, *around], key=lambda mark: mark.line)


def _check_manifest(text: str) -> list[SourceMark]:
    rows = text.split("\n")
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        said = f"The manifest is not JSON: {error.msg}."
        return [mark_at(rows, error.lineno, "error", said, column=error.colno)]
    except RecursionError:
        return [mark_at(rows, 1, "error", "The manifest is nested too deeply.")]
    if not isinstance(data, dict):
        return [mark_at(rows, 1, "error", "The manifest is not a JSON object.")]
    return _wrong_shapes(text, data)


def _wrong_shapes(text: str, data: dict[str, Any]) -> list[SourceMark]:
    """Check one platform's entry, or each one of production's file."""
    entries = data.get("platforms")
    if not (isinstance(entries, dict) and entries):
        return _wrong_shape(text, (), data)
    return [
        mark
        for name, entry in entries.items()
        for mark in _wrong_shape(text, ("platforms", name), entry)
    ]


def _wrong_shape(text: str, root: Place, entry: Any) -> list[SourceMark]:
    named = {"name": "", **entry} if isinstance(entry, dict) else entry
    try:
        from_wire(named, Manifest)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at ")
        path = path.strip("`").removeprefix("$").removeprefix(".")
        steps = tuple(
            int(step[1:-1]) if step[1:-1].isdecimal() else step for step in _STEP.findall(path)
        )
        known = lines(text)
        place = (*root, *steps)
        while place and place not in known:
            place = place[:-1]
        what = path or "The manifest"
        said = f"{what} has a wrong shape: {reason}."
        words = [_quoted(step) for step in reversed(place) if isinstance(step, str)]
        rows = text.split("\n")
        return [mark_at(rows, known.get(place, 1), "error", said, words=words)]
    return []


def _check_python(path: Path, text: str) -> list[SourceMark]:
    rows = text.split("\n")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(text, str(path), "exec", dont_inherit=True)
        except SyntaxError as error:
            said = _sentence(error.msg or "not Python")
            return [mark_at(rows, error.lineno or 1, "error", said, column=error.offset or 0)]
        except (ValueError, RecursionError, MemoryError) as error:
            return [mark_at(rows, 1, "error", f"Python cannot read this: {error}.")]
    return [
        mark_at(rows, warning.lineno, "warning", _sentence(str(warning.message)))
        for warning in caught
    ]


def _sentence(said: str) -> str:
    end = "" if said.endswith((".", "?", "!")) else "."
    return f"{said[:1].upper()}{said[1:]}{end}"


def _words_of(problem: Problem) -> list[str]:
    """Return what to underline: the template that is wrong, else the key that the problem is at."""
    template = _TEMPLATE.search(problem.text) if problem.code == "UNKNOWN_VARIABLE" else None
    key = _quoted(re.sub(r"(\[\d+\])+$", "", problem.place).rpartition(".")[2])
    return [template[0], key] if template else [key]


def _quoted(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)
