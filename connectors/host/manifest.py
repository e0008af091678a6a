"""Reads the manifest of a loaded connector, and finds the line of what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from connectors.contract.hosting import Description, SourcePosition
from connectors.contract.manifest import Manifest
from connectors.contract.model import from_wire
from connectors.host.load import ConnectorLoadError
from connectors.proxy.json_text import Place, lines


def manifest_of(description: Description) -> Manifest:
    """Return the manifest of a connector; an empty one where it has none.

    Raises:
        ConnectorLoadError: a key has a wrong shape; the message names file, line and key.
    """
    try:
        return from_wire({"name": description.platform} | description.manifest, Manifest)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at ")
        path = path.strip("`").removeprefix("$.")
        position = _position(description, path)
        place = description.manifest_file or f"The manifest of {description.platform}"
        if position is not None and position.line:
            place = f"{place}:{position.line}"
        what = f"{path} has a wrong shape" if path else "it has a wrong shape"
        raise ConnectorLoadError(f"{place}: {what}: {reason}.", position) from error


def _position(description: Description, path: str) -> SourcePosition | None:
    file = description.manifest_file
    if not file:
        return None
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
        json.loads(text)
    except (OSError, ValueError, RecursionError):
        return SourcePosition(file=file)  # It has changed since the connector read it.
    known = lines(text)
    own = tuple(
        int(step[1:-1]) if step[1:-1].isdecimal() else step
        for step in re.findall(r"[^.\[\]]+|\[[^\]]*\]", path)
    )
    found = (known[place] for place in _places(description.platform, own) if place in known)
    return SourcePosition(file=file, line=next(found, 0))


def _places(platform: str, own: Place) -> Iterator[Place]:
    """Yield where a key may stand, the likeliest first: itself, or what is around it."""
    for length in range(len(own), 0, -1):
        yield ("platforms", platform, *own[:length])
        yield own[:length]
