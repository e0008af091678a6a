"""The differences between the ways to run one connector: each is known, needed and explained."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.comparison.cases import CASES

ABSENT = "nothing"
ANYTHING = "…"


@dataclass(frozen=True)
class Difference:
    """What one way did otherwise than the first."""

    case: str
    column: str
    what: str
    first: str
    other: str


@dataclass(frozen=True)
class Known:
    """A difference that is meant to be there.

    Attributes:
        column: the way that differs.
        what: the fact; ``…`` stands for anything, here and in the two values.
        first: its value in the column that it is held against.
        other: its value there.
        why: for readers.
        cases: where it is seen, each of them.
    """

    column: str
    what: str
    first: str
    other: str
    why: str
    cases: tuple[str, ...]

    def covers(self, difference: Difference) -> bool:
        """Return whether `difference` is this one."""
        return (
            difference.column == self.column
            and difference.case in self.cases
            and all(
                _fits(getattr(self, name), getattr(difference, name))
                for name in ("what", "first", "other")
            )
        )


def differences(
    case: str, column: str, first: dict[str, Any], other: dict[str, Any]
) -> list[Difference]:
    """Return in which facts of a case a way differs from its base."""
    return [
        Difference(case, column, what, _text(a), _text(b)) for what, a, b in _unlike(first, other)
    ]


def unexplained(found: Iterable[Difference]) -> list[Difference]:
    """Return the differences that nobody knows of."""
    return [each for each in found if not any(known.covers(each) for known in KNOWN)]


def unneeded(found: Iterable[Difference], columns: Iterable[str]) -> list[tuple[Known, str]]:
    """Return each known difference of some ways, and the case in which it was not seen."""
    seen, ran = list(found), set(columns)
    return [
        (known, case)
        for known in KNOWN
        if known.column in ran
        for case in known.cases
        if not any(known.covers(each) for each in seen if each.case == case)
    ]


def _unlike(
    a: dict[str, Any], b: dict[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[str, Any, Any]]:
    """Yield what differs; a key that is missing and one without a value are the same."""
    for key in dict.fromkeys((*a, *b)):
        mine, theirs, at = a.get(key), b.get(key), (*path, key)
        if isinstance(mine, dict) and isinstance(theirs, dict):
            yield from _unlike(mine, theirs, at)
        elif mine != theirs:
            yield " ".join(at), mine, theirs


def _text(value: Any) -> str:
    if value is None:
        return ABSENT
    if isinstance(value, dict) and "target" in value:
        return f"{value['target']}?{value['query']}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _fits(pattern: str, text: str) -> bool:
    parts = map(re.escape, pattern.split(ANYTHING))
    return re.fullmatch(".*".join(parts), text, re.DOTALL) is not None


def _all_but(*left_out: str) -> tuple[str, ...]:
    names = tuple(case.name for case in CASES)
    assert set(left_out) <= set(names), left_out
    return tuple(name for name in names if name not in left_out)


LOOKUPS_THAT_END_WELL = (
    "hit", "hit, once more", "miss", "several hits", "hit by a format", "format that does not fit",
)  # fmt: skip
SOMEBODY = (
    "hit", "hit, once more", "several hits", "hit by a format", "name search",
    "name search, blank and accents",
)  # fmt: skip
NAME_SEARCHES = ("name search", "name search, miss", "name search, blank and accents")
READS = (
    *LOOKUPS_THAT_END_WELL, *NAME_SEARCHES, "read a log", "read a log that is gone",
    "update a log", "update a log that is gone", "lookup, 401", "lookup, 429", "lookup, 500",
    "lookup, HTML", "lookup, no answer", "name search, 500",
)  # fmt: skip

GROUPS = {
    _all_but("extension", "log twice"): "each request",
    READS: "each request that reads",
}
"""What readers call a set of cases that is too long to be listed."""

BEHIND_CORE = (
    "JavaScript behind @app-connect/core",
    "proxy config behind @app-connect/core",
)
BEHIND_SERVE = ("Python behind callbench serve", "proxy config behind callbench serve")
KNOWN = (
    Known(
        "JavaScript",
        "request 2 query",
        "phone=%28207%29+946-0999",
        "phone=%28442%29+079-4609",
        "A connector in JavaScript fills a format with the digits as they come, as production "
        "does, the country code among them, and drops the rest. `connectors.phone` knows the "
        "number's country.",
        ("format that does not fit",),
    ),
    Known(
        "JavaScript",
        "failure status",
        "200",
        ABSENT,
        "`response.json()` throws a `SyntaxError`, which says nothing of the answer. What the "
        "user reads is the same.",
        ("lookup, HTML", "create, HTML", "log, HTML"),
    ),
    Known(
        "proxy config",
        "request … accept",
        "*/*",
        "application/json, text/plain, */*",
        "The header of the HTTP client that production runs a config with.",
        _all_but("extension", "log twice"),
    ),
    Known(
        "proxy config",
        "request 1 body",
        "",
        "{}",
        "Production sends an empty JSON object with every request of a config, GET too.",
        READS,
    ),
    Known(
        "proxy config",
        "request 1 content-type",
        ABSENT,
        "application/json",
        "It comes with that empty object.",
        READS,
    ),
    Known(
        "proxy config",
        "contact createNewContact",
        '{"id": "createNewContact", "name": "Create new contact...", …}',
        ABSENT,
        "A config cannot add the entry that lets the user create a contact from the log page.",
        LOOKUPS_THAT_END_WELL,
    ),
    Known(
        "proxy config",
        "message",
        ABSENT,
        "success: Found … contacts (3000)",
        "Production counts the contacts for a config; the other two return no message.",
        SOMEBODY,
    ),
    Known(
        "proxy config",
        "message",
        "warning: … found …",
        "success: Found 0 contacts (3000)",
        "That count takes the place of the message that nobody was found.",
        ("miss", "format that does not fit", "extension", "name search, miss"),
    ),
    Known(
        "proxy config",
        "request 2",
        "GET /v1/people?…",
        ABSENT,
        "A config sends one request for each operation: the user's formats are a variable, never "
        "a second search.",
        ("hit by a format", "format that does not fit"),
    ),
    Known(
        "proxy config",
        "contact 4",
        '{"id": 4, "name": "Omar Haddad", …}',
        ABSENT,
        "So a person who is stored in another spelling is not found.",
        ("hit by a format",),
    ),
    Known(
        "proxy config",
        "contact order",
        "4",
        ABSENT,
        "The same.",
        ("hit by a format",),
    ),
    Known(
        "proxy config",
        "request 1",
        ABSENT,
        "GET /v1/people?phone=207",
        "A config cannot refuse an extension.",
        ("extension",),
    ),
    Known(
        "proxy config",
        "answer successful",
        "false",
        "true",
        "It is looked up like any number.",
        ("extension",),
    ),
    Known(
        "proxy config",
        "answer updatedNote",
        "- Note: wants two quotes\n…",
        ABSENT,
        "`updateCallLog` has no mapping.",
        ("update a log",),
    ),
    Known(
        "proxy config",
        "message",
        "warning: Error …",
        "success: …",
        "An answer that is no JSON is a text for a config, in which no path leads anywhere: "
        "nobody is found, nothing was created, and the message says that all went well.",
        ("lookup, HTML", "create, HTML", "log, HTML"),
    ),
    Known(
        "proxy config",
        "answer successful",
        "false",
        "true",
        "The same.",
        ("lookup, HTML", "create, HTML"),
    ),
    Known(
        "proxy config",
        "failed",
        "true",
        "false",
        "The same. (A contact without an id counts as a failure of the run.)",
        ("lookup, HTML", "log, HTML"),
    ),
    Known(
        "proxy config",
        "failure status",
        "200",
        ABSENT,
        "The same.",
        ("lookup, HTML", "create, HTML", "log, HTML"),
    ),
    Known(
        "proxy config",
        "failure unknown",
        "true",
        "false",
        "Without an id the log counts as not written, although the CRM may have it.",
        ("log, HTML",),
    ),
    Known(
        "proxy config",
        "contact made",
        ABSENT,
        '{"type": "Contact"}',
        "A contact of default values.",
        ("create, HTML",),
    ),
    *(
        known
        for column in BEHIND_CORE
        for known in (
            Known(
                column,
                "message",
                "warning: Error finding contact (5000)…",
                ABSENT,
                "The server waits as long as the CRM does, and the bench gives up as the "
                "extension does. What a server has not said, the bench does not say for it.",
                ("lookup, no answer",),
            ),
            Known(
                column,
                "failure status",
                ANYTHING,
                ABSENT,
                "The framework tells the CRM's status in the trace of a lookup only.",
                (
                    "create without a name",
                    "read a log that is gone",
                    "update a log that is gone",
                    "name search, 500",
                    "log, 500",
                ),
            ),
            Known(
                column,
                "failure unknown",
                "false",
                "true",
                "So a write that failed may have been done, and the bench says that it does not "
                "know.",
                ("create without a name", "log, 500"),
            ),
        )
    ),
    *(
        known
        for column in BEHIND_SERVE
        for known in (
            Known(
                column,
                "request 1",
                "GET /v1/people?…",
                ABSENT,
                "Who signs in without a RingCentral account has a cache of his own there, so the "
                "second lookup is answered from it. Production keeps none for such a user, and "
                "the bench none for such a connection.",
                ("hit, once more",),
            ),
            Known(
                column,
                "request 2",
                "POST /v1/people?",
                ABSENT,
                "The same contact, created twice at once, is one: both requests get its answer. "
                "Production makes two.",
                ("create, twice at once",),
            ),
            Known(
                column,
                "store people 7",
                '{"id": 7, "name": "Ann Two", …}',
                ABSENT,
                "The same.",
                ("create, twice at once",),
            ),
        )
    ),
    Known(
        BEHIND_SERVE[1],
        "message",
        "success: Found 1 contacts (3000)",
        ABSENT,
        "A cached answer has no message, as in production.",
        ("hit, once more",),
    ),
)
