"""What the inspector's tabs, the run history and their dialogs show, as plain data; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class RunRow:
    """One run in the history.

    Attributes:
        subject: the number, name or call it was for.
        version: of the connector that it began with; may be empty.
    """

    run_id: int
    time_text: str
    operation: str
    subject: str
    outcome: Literal["found", "none", "done", "failed", "cancelled", "running"]
    summary: str
    requests: int = 0
    ms: float | None = None
    cached: bool = False
    version: str = ""


@dataclass(frozen=True)
class ConsoleRow:
    """One line of the console: printed (`out`, `err`), told by the bench or by a server."""

    run_id: int
    time_text: str
    kind: Literal["out", "err", "operation", "finding", "error", "trace"]
    text: str


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """One HTTP exchange as a row of the Network tab; there may be 100,000 of them.

    `status` is None when no answer came; `size` is the answer's.
    """

    run_id: int
    exchange_id: int
    method: str
    url: str
    status: int | None
    reason: str
    ms: float
    time_text: str
    size: int
    error: str = ""


@dataclass(frozen=True)
class ExchangeDetailState:
    """One HTTP exchange in full; bodies are already readable text."""

    run_id: int
    exchange_id: int
    method: str
    url: str
    routed_to: str
    status: int | None
    reason: str
    ms: float
    request_headers: tuple[tuple[str, str], ...]
    request_body: str
    response_headers: tuple[tuple[str, str], ...]
    response_body: str
    error: str = ""


Tone = Literal["success", "muted", "warning", "danger"]


@dataclass(frozen=True)
class MatchCell:
    """One spelling in one field. `exchange_id` is the request to open, 0 for none."""

    text: str
    tone: Tone
    tip: str = ""
    exchange_id: int = 0


@dataclass(frozen=True)
class MatchRow:
    """One spelling of the number, the rule that made it, and why it was not asked."""

    text: str
    rule: str
    reason: str
    cells: tuple[MatchCell, ...]


@dataclass(frozen=True)
class FindingRow:
    """One finding. `rule` names its page in the documents."""

    rule: str
    severity: Literal["error", "warning", "note"]
    text: str
    mend: str


@dataclass(frozen=True)
class MatchState:
    """One lookup explained.

    Attributes:
        code: the verdict's; empty for a run that is no lookup, which has findings only.
        sentence: the verdict.
        columns: the fields that were searched.
        evidence: the requests that the verdict stands on.
        findings: what does not keep the contract.
    """

    run_id: int
    code: str
    sentence: str
    proven: bool
    tone: Tone
    columns: tuple[str, ...]
    rows: tuple[MatchRow, ...]
    findings: tuple[FindingRow, ...] = ()
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True)
class CacheEntry:
    """One entry of a cache, or the place where one would be.

    Attributes:
        key: finds it again.
        name: its key as production spells it.
        state: whether it answers.
        actions: what can be done to it: ``clear``, ``stale``, ``nobody``, ``outdated``.
    """

    key: str
    layer: str
    name: str
    state: Literal["hit", "miss", "expired"]
    age: str
    lifetime: str
    answer: str
    shared: str
    meaning: str
    actions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CachesState:
    """The caches of the number in question, and all entries.

    Attributes:
        number: as people read it; empty when there is none.
        past_local, past_account: whether the next lookup goes past that cache.
    """

    number: str = ""
    of_number: tuple[CacheEntry, ...] = ()
    entries: tuple[CacheEntry, ...] = ()
    past_local: bool = False
    past_account: bool = False


@dataclass(frozen=True)
class ContactRow:
    """One contact of a run.

    Attributes:
        place: where it stands in the list, from 1.
        info_keys: the names of its additional info.
        seen: who has it: both, the connector only, or the extension only.
    """

    place: int
    name: str
    type: str
    id: str
    phone: str
    company: str
    email: str
    created: str
    info_keys: str
    is_new: bool
    seen: Literal["both", "connector", "extension"] = "both"


@dataclass(frozen=True)
class ContactsState:
    """The contacts of one run.

    Attributes:
        sentence: how many, and whether core changed what the connector returned.
        differs: whether the connector and the extension see different contacts.
    """

    sentence: str
    rows: tuple[ContactRow, ...] = ()
    differs: bool = False


@dataclass(frozen=True)
class ComparedRun:
    """One side of a comparison: what the run was, when, and how it ended."""

    title: str
    when: str
    end: str
    verdict: str = ""


@dataclass(frozen=True)
class ComparedRow:
    """One thing of two runs; `stage` groups them, `kind` says how the sides relate."""

    stage: str
    what: str
    kind: Literal["changed", "only A", "only B", "same"]
    a: str
    b: str


@dataclass(frozen=True)
class CompareState:
    """Two runs held against each other.

    Attributes:
        sentence: the outcome, in one sentence.
        text: all of it as plain text, for the clipboard.
    """

    a: ComparedRun
    b: ComparedRun
    sentence: str
    rows: tuple[ComparedRow, ...]
    text: str


@dataclass(frozen=True)
class CoverageBar:
    """One format: the part of all numbers that it covers, and what it covers with those before."""

    format: str
    count: int
    alone: float
    so_far: float


@dataclass(frozen=True)
class UncoveredRow:
    """One kind of spelling that no format covers; invisible characters are shown."""

    spelling: str
    count: int
    example: str
    why: str


@dataclass(frozen=True)
class LearnedState:
    """What stored numbers taught.

    Attributes:
        sentence: how many numbers there were, and how many are covered.
        left: how many numbers stay uncovered; `left_share` is the part of all.
    """

    sentence: str
    bars: tuple[CoverageBar, ...]
    left: int
    left_share: float
    uncovered: tuple[UncoveredRow, ...]


@dataclass(frozen=True)
class StoredRow:
    """One stored phone of a probed record.

    Attributes:
        shown: the text with invisible characters written out.
        match: how near it is to the number, in words.
        spelling: the spelling that comes nearest to it.
        steps: (stored, spelling, same): the two texts side by side, an empty text is a gap.
        differences: what differs, in words.
    """

    field: str
    shown: str
    match: str
    tone: Tone
    spelling: str = ""
    steps: tuple[tuple[str, str, bool], ...] = ()
    differences: tuple[str, ...] = ()


@dataclass(frozen=True)
class AdviceRow:
    """One advice. A `format` can be used at once."""

    text: str
    format: str = ""


@dataclass(frozen=True)
class ProbeState:
    """A probed record explained."""

    record: str
    code: str
    sentence: str
    proven: bool
    tone: Tone
    stored: tuple[StoredRow, ...]
    advice: tuple[AdviceRow, ...]


@dataclass(frozen=True, slots=True)
class SourceMark:
    """Something that is wrong with a source file.

    Attributes:
        line: counted from 1, 0 where no line is to blame.
        column: counted from 1 in characters, with `length` what is underlined.
        text: one sentence.
    """

    line: int
    column: int
    length: int
    severity: Literal["error", "warning"]
    text: str
