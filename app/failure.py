"""A failed operation in one sentence for a person: what failed, and where in the connector."""

from __future__ import annotations

import re
from urllib.parse import unquote

from connectors.contract.hosting import ErrorInfo

_JAVASCRIPT = re.compile(
    r"^ +at (?:.* \(|async )?(?:file://)?([^()]+?):(\d+):\d+\)?$", re.MULTILINE
)
_PYTHON = re.compile(r'^ +File "([^"]+)", line (\d+)', re.MULTILINE)
_NOT_JAVASCRIPT = re.compile(r"^node:|(?:^|/)node_modules/")
_NOT_PYTHON = re.compile(
    r"^<|/(?:site-packages|lib/python3\.\d+|connectors/(?:contract|host|runtime|proxy))/"
)


def failure_text(error: ErrorInfo) -> str:
    """Return what failed; a message that is no sentence of its own gets the line that raised."""
    message = error.message.strip() or error.type
    place = place_of(error.stack)
    return message if _is_sentence(message) or not place else f"{message} (at {place})"


def failure_sentence(error: ErrorInfo, platform: str) -> str:
    """Return one sentence: what failed, and where or in which connector."""
    text = failure_text(error)
    if _is_sentence(text):
        return text
    return f"{text}." if place_of(error.stack) else f"{text} ({platform})."


def place_of(stack: str) -> str:
    """Return FILE:LINE of the innermost line that is the connector's own, empty without any."""
    python = [at for at in reversed(_PYTHON.findall(stack)) if not _NOT_PYTHON.search(at[0])]
    script = [at for at in _JAVASCRIPT.findall(stack) if not _NOT_JAVASCRIPT.search(at[0])]
    return next((f"{unquote(file)}:{line}" for file, line in [*python, *script]), "")


def _is_sentence(text: str) -> bool:
    return text.endswith((".", "!", "?"))
