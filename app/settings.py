"""What the user has set, in one JSON file. No secret is in here.

Plain ``json`` and a dataclass: the window reads it before its first paint.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

MAX_FORMATS = 3


@dataclass(slots=True)
class Settings:
    """The user's settings.

    Attributes:
        region: the two-letter region in which numbers without a country code are dialled.
        scheme: ``light`` or ``dark``.
        connection: id of the connection used last.
        formats: up to three phone formats by connection id.
        call_pop: the extension's call-pop settings by production's ids (contact-flow 1.2).
        rerun_after_reload: whether a reload of the connector runs the last lookup again.
        layout: the window's geometry and splitters as hex digits.
    """

    region: str = "US"
    scheme: str = "light"
    connection: str = ""
    formats: dict[str, list[str]] = field(default_factory=dict)
    call_pop: dict[str, Any] = field(default_factory=dict)
    rerun_after_reload: bool = False
    layout: str = ""


def load_settings(home: Path) -> Settings:
    """Read the settings; a missing or unreadable file, or a value of a wrong kind, is a default."""
    path = home / "settings.json"
    defaults = Settings()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return defaults
    except (OSError, ValueError) as error:
        logger.info("%s cannot be read (%s); the defaults are used", path, error)
        return defaults
    if not isinstance(stored, dict):
        return defaults
    kept = {
        item.name: stored[item.name]
        for item in fields(Settings)
        if type(stored.get(item.name)) is type(getattr(defaults, item.name))
    }
    return Settings(**kept)


def save_settings(home: Path, settings: Settings) -> None:
    """Write the settings; the file is replaced as a whole."""
    path = home / "settings.json"
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(asdict(settings), indent=2) + "\n", encoding="utf-8")
    draft.replace(path)
