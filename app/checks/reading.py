"""Reads whatever a connector returned, so that rules need not fear its shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.evidence import Evidence

LOOKUPS = frozenset({"findContact", "findContactWithName"})
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One contact as it was returned.

    Attributes:
        path: where it stands, as findings cite it.
    """

    path: str
    data: dict[Any, Any]

    @property
    def is_new(self) -> bool:
        """Whether this is the entry "Create new contact..."."""
        return bool(self.data.get("isNewContact"))

    @property
    def id_text(self) -> str:
        """The id as text, empty when there is none that can be used."""
        value = self.data.get("id")
        return plain(value) if is_id(value) else ""

    @property
    def kind(self) -> str:
        """The contact type, for comparisons: case does not matter."""
        value = self.data.get("type")
        return value.strip().casefold() if isinstance(value, str) else ""

    @property
    def called(self) -> str:
        """Name and id in a few words, for sentences."""
        name = self.data.get("name")
        label = name.strip() if isinstance(name, str) and name.strip() else "A contact"
        return f"{shown(label)} ({self.id_text or 'no id'})"


def result_of(evidence: Evidence) -> tuple[str, dict[Any, Any]]:
    """Return the connector's result and its path, or core's answer when there is no result."""
    if isinstance(evidence.finished.returned, dict):
        return "$.returned", evidence.finished.returned
    return "$.answer", evidence.finished.answer


def entries_of(evidence: Evidence) -> tuple[Entry, ...]:
    """Return every entry that is an object, "Create new contact..." too, in the given order."""
    path, result = result_of(evidence)
    for key in ("matchedContactInfo", "contactInfo", "contact"):
        listed = result.get(key)
        if isinstance(listed, dict):
            return (Entry(f"{path}.{key}", listed),)
        if isinstance(listed, list | tuple):
            return tuple(
                Entry(f"{path}.{key}[{at}]", entry)
                for at, entry in enumerate(listed)
                if isinstance(entry, dict)
            )
    return ()


def contacts_of(evidence: Evidence) -> tuple[Entry, ...]:
    """Return the real contacts: all but "Create new contact..."."""
    return tuple(entry for entry in entries_of(evidence) if not entry.is_new)


def is_same_account(run: Evidence, other: Evidence) -> bool:
    """Tell whether two runs asked the same CRM account through the same connector."""
    mine, theirs = run.started, other.started
    return (mine.platform, mine.connection) == (theirs.platform, theirs.connection)


def is_id(value: Any) -> bool:
    """Tell whether `value` identifies a record: a text or a number, neither empty nor a flag."""
    if isinstance(value, str):
        return bool(value.strip())
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value  # noqa: PLR0124  not NaN


def plain(value: Any) -> str:
    """Return any value as text; never raises."""
    try:
        return str(value)
    except ValueError:  # a number beyond Python's limit of 4300 digits
        return f"a number of {type(value).__name__}"


def shown(value: Any) -> str:
    """Return any value as a short text for a sentence; never raises."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):
        text = f"a huge {type(value).__name__}"
    text = "".join(char if char.isprintable() else "?" for char in text[: _LONGEST_SHOWN + 1])
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def kind_of(value: Any) -> str:
    """Name the JSON type of `value`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    for kind, name in ((str, "text"), (int | float, "a number"), (dict, "an object")):
        if isinstance(value, kind):
            return name
    return "a list" if isinstance(value, list | tuple) else type(value).__name__


def some(names: list[str]) -> str:
    """Name up to three things and count the rest."""
    head = ", ".join(names[:3])
    return head if len(names) <= 3 else f"{head} and {len(names) - 3} more"
