r"""How texts and values stand in a database, so that what is put is what is read.

PostgreSQL takes no NUL in a text, no UTF-8 takes half a surrogate pair, and a PostgreSQL index
takes no row above 2.7 kB. All three come in with JSON bodies: ``"\u0000"``, ``"\ud800"``, a long
id.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import msgspec

MAX_KEY_BYTES = 512
"""Three of these and what a row needs beside them fit into an entry of an index."""

_ESCAPED = re.compile("[\0\\\\\ud800-\udfff]")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


def stored_text(text: str) -> str:
    r"""Return `text` as any database keeps it: a NUL, a lone surrogate and ``\`` as ``\uXXXX``."""
    if _ESCAPED.search(text) is None:
        return text
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def read_text(stored: str) -> str:
    """Return the text that `stored_text` was given."""
    if "\\" not in stored:
        return stored
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), stored)


def stored_key(text: str) -> str:
    r"""Return `text` as a part of a primary key: a very long one as its SHA-256.

    It cannot be read back, and equals no other text's: no stored text begins with ``\s``.
    """
    stored = stored_text(text)
    if len(stored) <= MAX_KEY_BYTES // 4 or len(stored.encode()) <= MAX_KEY_BYTES:
        return stored
    return f"\\sha256:{hashlib.sha256(stored.encode()).hexdigest()}"


def stored_json(value: Any) -> str:
    """Return JSON data as ASCII text."""
    return json.dumps(value, separators=(",", ":"))


def read_json(stored: str) -> Any:
    """Return the value that `stored_json` was given.

    msgspec is several times faster; what it refuses (half a surrogate pair, a number beyond a
    double) the standard library reads.
    """
    try:
        return msgspec.json.decode(stored)
    except msgspec.MsgspecError:
        return json.loads(stored)
