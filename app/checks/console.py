"""Rules about what the connector printed and what it reported itself."""

from __future__ import annotations

from collections.abc import Iterator

from app.checks.finding import Finding, Rule, found
from app.checks.reading import shown
from app.evidence import Evidence
from connectors.runtime import secret_names
from connectors.runtime.secret_names import REDACTED


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
    """Name the secret in a line; what captured the line has put a placeholder in its place."""
    kept = secret_names.without_named(text)
    if REDACTED not in kept:
        return ""
    name = secret_names.named_before(kept)
    return f"a value of {name}" if name else "a secret"
