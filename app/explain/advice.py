"""Why a known record was not found, and which single changes would make it match.

The first failing stage decides, as in a verdict: the cache, the lookup itself, the record's number,
the field, the spelling, what the CRM and the connector left out. The best advice comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.evidence import Evidence
from app.explain.answers import record_with_id, too_large
from app.explain.compare import align, visible
from app.explain.known import (
    STORED,
    KnownRecord,
    StoredPhone,
    changed_at,
    format_of,
    gone,
    lists,
    same_but_country,
    stored_phones,
)
from app.explain.matrix import Candidate, CellState, Column, Matrix, match_matrix
from app.explain.searches import ANY_FIELD
from app.explain.verdict import Verdict, VerdictCode, size_text, verdict_of
from app.settings import MAX_FORMATS
from app.spans import span_text
from connectors import phone
from connectors.contract.manifest import Manifest

FRESH_S = 15 * 60.0
"""A record changed this shortly before a lookup may not have been searchable yet."""

_BEFORE_THE_SEARCH = {
    VerdictCode.AUTH,
    VerdictCode.RATE_LIMIT,
    VerdictCode.TIMEOUT,
    VerdictCode.HTTP_ERROR,
    VerdictCode.HTTP_ERROR_MASKED,
    VerdictCode.CONNECTOR_FAILED,
    VerdictCode.EXTENSION_SKIPPED,
    VerdictCode.INVALID_NUMBER,
    VerdictCode.WRONG_REGION,
    VerdictCode.CANCELLED,
    VerdictCode.NOTHING_ASKED,
}
_MASKED = {VerdictCode.HTTP_ERROR_MASKED, VerdictCode.RATE_LIMIT, VerdictCode.AUTH}
_INVISIBLE = {
    "NO_BREAK_SPACE", "OTHER_SPACE", "INVISIBLE_MARK", "FULL_WIDTH_DIGIT", "OTHER_DIGIT",
    "EN_DASH", "DASH", "ODD_CHARACTER",
}  # fmt: skip
_LONGEST = 60
_PHONE_SETTING = re.compile(r"(?i)phone.*field|field.*phone")


class AdviceCode(StrEnum):
    """What would make the record match, as programs read it; these never change."""

    ADD_FORMAT = "ADD_FORMAT"
    MEND_RECORD = "MEND_RECORD"
    SEARCH_FIELD = "SEARCH_FIELD"
    FIX_CONNECTOR = "FIX_CONNECTOR"
    WAIT_FOR_INDEX = "WAIT_FOR_INDEX"
    CLEAR_CACHE = "CLEAR_CACHE"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Advice:
    """One change that would make the record match.

    Attributes:
        text: one sentence for a person.
        format: the phone format to add.
        field: the stored field to mend or to search; empty when it is about none.
        value: what to store in it.
        instead: the user's format that the new one replaces; empty when there is room.
    """

    code: AdviceCode
    text: str
    format: str | None = None
    field: str = ""
    value: str | None = None
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """A known record explained."""

    stored: tuple[StoredPhone, ...]
    verdict: Verdict
    advice: tuple[Advice, ...]


def explain_known(
    known: KnownRecord, found: Evidence, live: Evidence | None, manifest: Manifest
) -> Explained:
    """Explain why a record is found or not.

    Args:
        known: the record.
        found: the lookup as a user makes it.
        live: the lookup past the account's cache, when the first was answered from there.
        manifest: says which settings add searched fields.
    """
    evidence = live or found
    matrix = match_matrix(evidence)
    stored = stored_phones(known, evidence, matrix)
    case = _Case(known, evidence, matrix, stored, manifest)
    if known.contact is not None and lists(found, known):
        verdict = verdict_of(found, None if live else matrix)
        return Explained(stored, verdict, (_of_found(verdict, known),))
    if live is not None and lists(live, known):
        return Explained(stored, *_stale(known, found))
    return Explained(stored, *case.explain())


class _Case:
    """One known record that was not found, with the evidence at hand."""

    def __init__(
        self,
        known: KnownRecord,
        evidence: Evidence,
        matrix: Matrix,
        stored: Sequence[StoredPhone],
        manifest: Manifest,
    ) -> None:
        self._known = known
        self._evidence = evidence
        self._matrix = matrix
        self._stored = stored
        self._manifest = manifest

    def explain(self) -> tuple[Verdict, tuple[Advice, ...]]:
        """Return the verdict of the first stage that failed, and its advice."""
        return (
            self._of_lookup()
            or self._of_connector()
            or self._of_number()
            or self._of_server()
            or self._of_silence()
            or self._of_place()
            or self._of_spelling()
            or self._of_crm()
        )

    def _of_lookup(self) -> tuple[Verdict, tuple[Advice, ...]] | None:
        verdict = verdict_of(self._evidence, self._matrix)
        if verdict.code not in _BEFORE_THE_SEARCH:
            return None
        if self._evidence.finished.error is None and verdict.code in _MASKED:
            advice = Advice(
                AdviceCode.FIX_CONNECTOR,
                'The connector must report this failure instead of "no match"; then look up again.',
            )
        else:
            advice = _none("Mend what the verdict names, then look up again.")
        return verdict, (advice,)

    def _of_connector(self) -> tuple[Verdict, tuple[Advice, ...]] | None:
        """Explain a record that the CRM answered with and the connector left out."""
        if self._known.contact is None:
            return None
        wanted = str(self._known.contact.get("id"))
        given = tuple(
            each.id
            for each in self._evidence.exchanges
            if each.id in self._matrix.searched and record_with_id(each, wanted) is not None
        )
        if not given:
            return None
        text = f"The CRM answered with {self._known.name}, but the connector left the record out."
        advice = Advice(
            AdviceCode.FIX_CONNECTOR, "Look at the rule by which the connector drops records."
        )
        return Verdict(VerdictCode.RECORD_FILTERED, text, given), (advice,)

    def _of_number(self) -> tuple[Verdict, tuple[Advice, ...]] | None:
        """Explain a record whose phones do not mean the number at all."""
        if any(each.near for each in self._stored):
            return None
        number, name = self._evidence.number, self._known.name
        for each in self._stored:
            if same_but_country(each.text, number):
                text = (
                    f"{_first_upper(name)} is stored with another country: '{_shown(each)}'"
                    f"{_in(each)}, and {number} called."
                )
                advice = self._mend(each, "if it is the same line")
                return Verdict(VerdictCode.WRONG_REGION, text), advice
        if not self._stored:
            text = f"{_first_upper(name)} has no phone in the fields that the CRM showed."
        else:
            shown = ", ".join(f"'{_shown(each)}'" for each in self._stored[:3])
            text = f"{_first_upper(name)} has another number than {number}: {shown}."
        advice = (
            Advice(
                AdviceCode.MEND_RECORD,
                f"Store {self._best_spelling()} in {name}, if the number is theirs.",
                value=self._best_spelling(),
            ),
        )
        return Verdict(VerdictCode.OTHER_NUMBER, text), advice

    def _of_server(self) -> tuple[Verdict, tuple[Advice, ...]] | None:
        """Say what is open where a running server asked the CRM; a format can still be tried."""
        if not self._evidence.behind_server:
            return None
        chosen = self._near[0]
        text = (
            f"{_first_upper(self._known.name)} is stored as '{_shown(chosen)}'{_in(chosen)}, and "
            "the server did not return it. Whether it asked the CRM for that spelling is not "
            "visible from here."
        )
        asked = tuple(each.id for each in self._evidence.exchanges)
        made = format_of(chosen.text, self._evidence.number)
        source = _none(
            "Open the connector from its source in the bench: then every request is seen."
        )
        verdict = Verdict(VerdictCode.BEHIND_SERVER, text, asked, proven=False)
        return verdict, (*(self._add_format(made) if made else ()), source)

    def _of_silence(self) -> tuple[Verdict, tuple[Advice, ...]] | None:
        """Say what is open where the connector answered from data of its own."""
        if self._evidence.exchanges:
            return None
        chosen = self._near[0]
        text = (
            f"{_first_upper(self._known.name)} is stored as '{_shown(chosen)}'{_in(chosen)}, and "
            "the connector sent no request: what it compares is in its code alone."
        )
        advice = Advice(
            AdviceCode.FIX_CONNECTOR,
            f"The connector must find {self._evidence.number} also where it is stored like this.",
        )
        return Verdict(VerdictCode.NOTHING_ASKED, text, proven=False), (advice,)

    def _of_place(self) -> tuple[Verdict, tuple[Advice, ...]] | None:
        """Explain a phone in a field or an object that was not searched."""
        near = self._near
        if any(self._is_searched(each) for each in near):
            return None
        chosen = next((each for each in near if self._is_spelled(each)), near[0])
        asked = ", ".join(f"{column.object} {column.field}" for column in self._matrix.columns)
        if self._known.object and not self._columns_of_object():
            code = VerdictCode.OBJECT_NOT_SEARCHED
            what = f"{self._known.object} were not searched"
        else:
            code = VerdictCode.FIELD_NOT_SEARCHED
            what = f"the field {chosen.field} was not searched"
        text = (
            f"{_first_upper(self._known.name)} has the number in {chosen.field}, but {what}; "
            f"asked were {asked or 'no fields'}."
        )
        also = (
            ""
            if self._is_spelled(chosen)
            else f" Its spelling '{_shown(chosen)}' must be asked for as well."
        )
        settings = ", ".join(self._phone_settings())
        how = (
            f"Name {chosen.field} in the connector's setting {settings}."
            if settings
            else f"The connector must search {chosen.field}; it has no setting for it."
        )
        searched = next((column.field for column in self._columns_of_object()), "")
        advice = [Advice(AdviceCode.SEARCH_FIELD, how + also, field=chosen.field)]
        if searched and searched != ANY_FIELD:
            spelling = self._best_spelling()
            advice.append(
                Advice(
                    AdviceCode.MEND_RECORD,
                    f"Or store {spelling} in {searched}.",
                    field=searched,
                    value=spelling,
                )
            )
        return Verdict(code, text, self._matrix.searched), tuple(advice)

    def _of_spelling(self) -> tuple[Verdict, tuple[Advice, ...]] | None:
        """Explain a phone whose spelling was not asked for."""
        searched = [each for each in self._near if self._is_searched(each)]
        if any(self._is_spelled(each) for each in searched):
            return None
        chosen = max(searched, key=lambda each: each.alignment.ratio if each.alignment else 0)
        made = format_of(chosen.text, self._evidence.number)
        kinds = {each.kind for each in chosen.comparison.differences}
        shown = _shown(chosen)
        held = f"{_first_upper(self._known.name)} is stored as '{shown}'{_in(chosen)}"
        searched_ids = self._matrix.searched
        if (padded := self._padded_format(chosen)) is not None:
            text = f"{held}, and the format '{padded}' misses it by blanks at its ends."
            verdict = Verdict(VerdictCode.FORMAT_WHITESPACE, text, searched_ids)
            return verdict, self._add_format(padded.strip(), instead=padded)
        if (dropped := self._dropped_format(made)) is not None:
            few = dropped.skipped == phone.PLACEHOLDER_COUNT
            code = VerdictCode.PLACEHOLDER_COUNT if few else VerdictCode.CANDIDATE_DROPPED
            text = f"{held}, and the format '{dropped.format}' was not tried: {dropped.reason}."
            advice = self._add_format(made or "", instead=dropped.format)
            return Verdict(code, text, searched_ids), advice
        if any(made_.text == chosen.text for made_ in self._unasked):
            text = f"{held}; that spelling was not asked, because an earlier one found somebody."
            verdict = Verdict(VerdictCode.STOPPED_EARLIER, text, searched_ids)
            return verdict, self._mend(chosen)
        differences = _named(chosen)
        nearest = f" ('{chosen.spelling}' comes nearest)" if chosen.spelling else ""
        text = f"{held}: {differences}. No request asked for that text{nearest}."
        formats = self._add_format(made) if made else ()
        if "EXTENSION_TEXT" in kinds:
            code = VerdictCode.EXTENSION_TEXT
        elif kinds & _INVISIBLE:
            code = VerdictCode.INVISIBLE_CHARACTER
        else:
            text = (
                f"{held}; the CRM compares whole texts, and no request asked for that one{nearest}."
            )
            verdict = Verdict(VerdictCode.COMPARE_EXACT_NOT_SUFFIX, text, searched_ids)
            fix = Advice(
                AdviceCode.FIX_CONNECTOR,
                "The connector could ask for this spelling, or compare digits only.",
            )
            return verdict, (*formats, *self._mend(chosen), fix)
        return Verdict(code, text, searched_ids), (*self._mend(chosen), *formats)

    def _of_crm(self) -> tuple[Verdict, tuple[Advice, ...]]:
        """Explain a phone that was asked for exactly, in its field, and not answered with."""
        chosen = next(
            each for each in self._near if self._is_searched(each) and self._is_spelled(each)
        )
        asked = f"The CRM was asked for '{chosen.text}'{_in(chosen)}"
        searched = self._matrix.searched
        unread = [x for x in self._evidence.exchanges if too_large(x) and x.id in searched]
        if unread:
            text = (
                f"{asked}, and its answer {size_text(unread[0])}: whether {self._known.name} is in "
                "it, and the connector left it out, cannot be told."
            )
            ids = tuple(each.id for each in unread)
            return Verdict(VerdictCode.ANSWER_TOO_LARGE, text, ids, proven=False), (
                Advice(
                    AdviceCode.FIX_CONNECTOR,
                    "Let the connector ask the CRM for fewer records or fields, then probe again.",
                ),
            )
        state = gone(self._known.raw)
        if state:
            text = f"{asked} and left {self._known.name} out, which is marked {state}."
            return Verdict(VerdictCode.RECORD_FILTERED, text, searched), (
                Advice(
                    AdviceCode.MEND_RECORD,
                    f"Use the record that replaced it, or give it back its state: {state} records "
                    "are not found.",
                ),
                Advice(
                    AdviceCode.FIX_CONNECTOR, f"Or let the connector ask for {state} records too."
                ),
            )
        changed = changed_at(self._known.raw)
        began = self._evidence.started.at_ms / 1000
        if changed is not None and -FRESH_S < began - changed < FRESH_S:
            text = (
                f"{asked} and did not answer with {self._known.name}, which was changed "
                f"{max(0, began - changed):.0f} s before: its index may not have it yet."
            )
            return Verdict(VerdictCode.INDEX_DELAY, text, searched, proven=False), (
                Advice(AdviceCode.WAIT_FOR_INDEX, "Wait a minute or two, then look up again."),
            )
        text = (
            f"{asked} and did not answer with {self._known.name}: a filter or the user's rights "
            "leave it out, or its index does not have it."
        )
        return Verdict(VerdictCode.EMPTY_CRM_RESULT, text, searched, proven=False), (
            Advice(AdviceCode.WAIT_FOR_INDEX, "If the record is new, look up again in a minute."),
            Advice(
                AdviceCode.MEND_RECORD,
                "Check that the connected user may see this record.",
            ),
        )

    @property
    def _near(self) -> list[StoredPhone]:
        return [each for each in self._stored if each.near]

    @property
    def _unasked(self) -> list[Candidate]:
        return [made for made in self._matrix.candidates if not made.asked and not made.skipped]

    def _columns_of_object(self) -> list[Column]:
        wanted = self._known.object.casefold()
        columns = self._matrix.columns
        return [each for each in columns if not wanted or each.object.casefold() == wanted]

    def _columns_for(self, stored: StoredPhone) -> Iterator[int]:
        name = stored.field.rpartition(".")[2].casefold()
        known = {id(column) for column in self._columns_of_object()}
        for at, column in enumerate(self._matrix.columns):
            last = column.field.rpartition(".")[2].casefold()
            if id(column) in known and (stored.field == STORED or last in {name, ANY_FIELD}):
                yield at

    def _is_searched(self, stored: StoredPhone) -> bool:
        return any(True for _ in self._columns_for(stored))

    def _is_spelled(self, stored: StoredPhone) -> bool:
        """Tell whether the very text was asked for, in its field where that was searched."""
        columns = list(self._columns_for(stored))
        for row, made in enumerate(self._matrix.candidates):
            if made.asked and made.text == stored.text:
                cells = [self._matrix.cell(row, at).state for at in columns]
                if not columns or any(cell is not CellState.NOT_ASKED for cell in cells):
                    return True
        return False

    def _best_spelling(self) -> str:
        """Return the spelling that the connector asks for first."""
        asked = [made.text for made in self._matrix.candidates if made.asked]
        return asked[0] if asked else self._evidence.number

    def _mend(self, stored: StoredPhone, condition: str = "") -> tuple[Advice, ...]:
        value = self._best_spelling()
        where = "the record" if stored.field == STORED else f"{stored.field} of {self._known.name}"
        when = f", {condition}" if condition else ""
        text = f"Store {value} in {where} instead of '{_shown(stored)}'{when}."
        return (Advice(AdviceCode.MEND_RECORD, text, field=stored.field, value=value),)

    def _add_format(self, made: str, instead: str = "") -> tuple[Advice, ...]:
        """Return the advice to use a format, in place of a useless one where all are taken."""
        if not made:
            return ()
        taken = self._evidence.formats
        if not instead and len(taken) >= MAX_FORMATS:
            useful = {each.format for each in self._matrix.finders}
            instead = next((each for each in reversed(taken) if each not in useful), taken[-1])
        where = f" in place of '{instead}'" if instead else ""
        text = f"Use the phone format {visible(made)}{where}: it spells the number as it is stored."
        return (Advice(AdviceCode.ADD_FORMAT, text, format=made, instead=instead),)

    def _padded_format(self, stored: StoredPhone) -> str | None:
        number = phone.parse(self._evidence.number)
        for each in self._evidence.formats:
            if (
                each != each.strip()
                and phone.apply_format(number, each.strip()).text == stored.text
            ):
                return each
        return None

    def _dropped_format(self, made: str | None) -> Candidate | None:
        """Return the format that was meant to spell the stored text, but cannot."""
        if made is None:
            return None
        dropped = [each for each in self._matrix.candidates if each.skipped]
        likely = [each for each in dropped if align(each.format, made).ratio > 0.7]
        return max(likely, key=lambda each: align(each.format, made).ratio, default=None)

    def _phone_settings(self) -> list[str]:
        """Return the settings that add searched fields, those for this kind of record first."""
        listed = [
            item.id
            for section in self._manifest.settings
            for item in section.items
            if _PHONE_SETTING.search(item.id) or _PHONE_SETTING.search(item.name)
        ]
        kind = self._known.key[1]
        return [each for each in listed if kind and kind in each.lower()] or listed


def _stale(known: KnownRecord, found: Evidence) -> tuple[Verdict, tuple[Advice, ...]]:
    age = found.finished.cache_age_s
    since = "" if age is None else f" {span_text(age)} old"
    text = (
        f"The account's cache answered, with an answer{since} that lacks {known.name}; the CRM "
        "itself finds the record. All users of the account get this answer until it is refreshed."
    )
    advice = Advice(
        AdviceCode.CLEAR_CACHE, "Refresh contact, in the call's menu, asks the CRM and keeps that."
    )
    return Verdict(VerdictCode.STALE_CACHE, text), (advice,)


def _of_found(verdict: Verdict, known: KnownRecord) -> Advice:
    """Return what to do about a record that is found, which may be what is wrong."""
    match verdict.code:
        case VerdictCode.WRONG_PERSON:
            text = "The connector must compare whole numbers, not their last digits."
            return Advice(AdviceCode.FIX_CONNECTOR, text)
        case VerdictCode.DUPLICATE_PERSON:
            text = "List each record once; two records of one person are merged in the CRM."
            return Advice(AdviceCode.MEND_RECORD, text)
        case VerdictCode.PARTIAL_FAILURE:
            return _none("Look up again: a search failed, others may be missing.")
        case VerdictCode.MULTIPLE:
            return _none(f"{known.name} is one of several: choose in the log page.")
        case _:
            return _none(f"{known.name} is found: nothing to do.")


def _none(text: str) -> Advice:
    return Advice(AdviceCode.NONE, text)


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(stored: StoredPhone) -> str:
    text = stored.comparison.shown
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _in(stored: StoredPhone) -> str:
    return "" if stored.field == STORED else f" in {stored.field}"


def _named(stored: StoredPhone) -> str:
    """Return what sets a stored text apart from the plain number, in words."""
    differences = stored.comparison.differences
    if not differences and stored.alignment is not None:
        differences = stored.alignment.differences
    return ", ".join(each.text for each in differences[:3])
