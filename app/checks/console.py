"""Rules about what the connector printed and what it reported itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.checks.finding import Finding, Rule, found
from app.checks.reading import shown
from app.evidence import Evidence
from connectors.runtime.redact import NAMES, REDACTED

_SHORTEST = 8
_NAMED = re.compile(
    r"(?i)(?<![\w-])(?P<name>"
    + "|".join(map(re.escape, sorted(NAMES, key=len, reverse=True)))
    + r")"
    r"[\"']?\s*[:=]\s*[\"']?(?:bearer\s+|basic\s+)?(?P<value>[^\s\"',;}&]+)"
)
_BARE = re.compile(
    r"(?i)\b(?P<name>bearer|basic)\s+[a-z0-9+/_.~-]{16,}=*|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
)


def check_console(evidence: Evidence) -> Iterator[Finding]:
    """Nothing secret is printed. The sentence never quotes what was."""
    for at, line in enumerate(evidence.console):
        what = _secret_in(line.text)
        if what:
            text = f"The connector printed {what} to {shown(line.stream)}; servers keep such lines."
            yield found(Rule.SECRET_PRINTED, "error", text, f"$.console[{at}]")


def check_reported(evidence: Evidence) -> Iterator[Finding]:
    """What the connector went on without becomes a finding too."""
    for at, (code, message) in enumerate(evidence.reported):
        said = " ".join(message.split()) or "no reason given"
        text = f"The connector reported {shown(code)}: {said}"
        text = text if text.endswith((".", "!", "?")) else f"{text}."
        yield found(Rule.CONNECTOR_REPORTED, "warning", text, f"$.reported[{at}]")


def _secret_in(text: str) -> str:
    if REDACTED in text:
        return "a secret of the connection"
    for named in _NAMED.finditer(text):
        # A word ("token: refreshed") is no secret; what is generated or chosen well has a digit.
        if len(named["value"]) >= _SHORTEST and any(map(str.isdigit, named["value"])):
            return f"a value of {named['name'].lower()}"
    bare = _BARE.search(text)
    if bare is None:
        return ""
    return f"a {bare['name'].capitalize()} credential" if bare["name"] else "a JSON web token"
