"""Two runs of the history held against each other, from what the journal has of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from PySide6.QtCore import QObject, Slot

from app.evidence import Evidence, RunIncompleteError, evidence_of
from app.explain.verdict import verdict_of
from app.journal import Journal
from app.presenter.inspector import clock, summary
from app.run_diff import TIME, Difference, differences
from connectors.host.process import SHORT
from widgets.compare_runs_dialog import CompareRunsDialog
from widgets.inspector_state import ComparedRow, ComparedRun, CompareState
from widgets.main_window import MainWindow

Kind = Literal["changed", "only A", "only B", "same"]

ASKED, SPELLINGS, REQUESTS = "What was asked", "Spellings", "Requests"
CONTACTS, MESSAGE, DURATION = "Contacts", "Message", "Time"
_STAGES = {
    "candidates": SPELLINGS,
    "request": REQUESTS,
    "contact": CONTACTS,
    "message": MESSAGE,
    "successful": MESSAGE,
    "error": MESSAGE,
}
_INPUT_WORDS = {
    "phoneNumber": "number",
    "overridingFormat": "formats",
    "isExtension": "as an extension",
    "isForceRefreshAccountData": "past the account's cache",
}


class ComparePresenter(QObject):
    """Opens the dialog for the two runs that the user has chosen."""

    def __init__(self, window: MainWindow, journal: Journal, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._journal = journal
        window.run_history.compare_requested.connect(self.compare)

    @Slot(int, int)
    def compare(self, run_a: int, run_b: int) -> None:
        """Compare two runs; one that has not ended is said and nothing is opened."""
        try:
            sides = [evidence_of(self._journal.events(run), run) for run in (run_a, run_b)]
        except RunIncompleteError as error:
            self._window.show_note(f"{error} Compare it when it has.")
            return
        dialog = CompareRunsDialog(self._window)
        dialog.start(compare_state(*sides))


def compare_state(a: Evidence, b: Evidence) -> CompareState:
    """Return two runs as the dialog shows them."""
    found = differences(a, b)
    rows = [*_asked(a, b), *(row for each in found for row in _rows(each)), _time(a, b, found)]
    sides = (_side(a), _side(b))
    sentence = _sentence(rows)
    return CompareState(*sides, sentence, tuple(rows), _as_text(sides, sentence, rows))


def _asked(a: Evidence, b: Evidence) -> Iterator[ComparedRow]:
    """Compare what the bench was asked: differences there explain those that follow."""
    given = (
        ("operation", a.started.operation, b.started.operation),
        ("connector", a.started.platform, b.started.platform),
        ("connection", a.started.connection, b.started.connection),
        ("connector's version", a.started.digest[:SHORT], b.started.digest[:SHORT]),
    )
    yield from (
        _row(ASKED, what, left or None, right or None)
        for what, left, right in given
        if left != right
    )
    for key in dict.fromkeys((*a.started.input, *b.started.input)):
        left, right = _said(a.started.input.get(key)), _said(b.started.input.get(key))
        if left != right:
            yield _row(ASKED, _INPUT_WORDS.get(key, key), left, right)


def _rows(difference: Difference) -> Iterator[ComparedRow]:
    """Return a difference as rows: spellings one by one, everything else as it is."""
    kind, _blank, rest = difference.what.partition(" ")
    if difference.what == TIME:
        return
    if kind == "candidates":
        left, right = difference.a or [], difference.b or []
        for text in dict.fromkeys((*left, *right)):
            if (text in left) != (text in right):
                shown = (text, None) if text in left else (None, text)
                yield _row(SPELLINGS, text, *shown)
        return
    a, b = _lines(difference.a), _lines(difference.b)
    if kind == "request":
        # A long query has no other place to break a line.
        a, b = (text and text.replace("&", " & ") for text in (a, b))
    yield _row(_STAGES[kind], rest or kind, a, b)


def _time(a: Evidence, b: Evidence, found: Sequence[Difference]) -> ComparedRow:
    changed = any(each.what == TIME for each in found)
    kind: Kind = "changed" if changed else "same"
    return ComparedRow(DURATION, "the whole run", kind, _duration(a), _duration(b))


def _duration(evidence: Evidence) -> str:
    count = len(evidence.exchanges)
    return f"{evidence.finished.ms:.0f} ms, {count} {'request' if count == 1 else 'requests'}"


def _row(stage: str, what: str, a: str | None, b: str | None) -> ComparedRow:
    kind: Kind = "changed"
    if b is None:
        kind = "only A"
    elif a is None:
        kind = "only B"
    return ComparedRow(stage, what, kind, a or "nothing", b or "nothing")


def _side(evidence: Evidence) -> ComparedRun:
    started, finished = evidence.started, evidence.finished
    verdict = verdict_of(evidence) if started.operation == "findContact" else None
    end = summary(finished)
    return ComparedRun(
        title=f"{started.operation} {started.subject}",
        when=clock(started.at_ms),
        end=f"{end} (cached)" if finished.cached else end,
        verdict=f"{verdict.code}: {verdict.text}" if verdict else "",
    )


def _sentence(rows: Sequence[ComparedRow]) -> str:
    stages = list(dict.fromkeys(row.stage for row in rows if row.kind != "same"))
    if not stages:
        return (
            "The two runs do not differ: the same spellings, requests, contacts and message, "
            "in much the same time."
        )
    if stages == [DURATION]:
        return "The two runs differ in their time alone."
    named = [stage[0].lower() + stage[1:] for stage in stages]
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"The two runs differ in: {listed}."


def _as_text(
    sides: tuple[ComparedRun, ComparedRun], sentence: str, rows: Sequence[ComparedRow]
) -> str:
    lines = []
    for letter, side in zip("AB", sides, strict=True):
        lines.append(f"{letter}: {side.title} at {side.when}: {side.end}")
        if side.verdict:
            lines.append(f"   {side.verdict}")
    lines += ["", sentence]
    stage = ""
    for row in rows:
        if row.stage != stage:
            stage = row.stage
            lines += ["", stage]
        lines += [f"  {row.what} ({row.kind})"]
        lines += [
            f"    {letter}: {text.replace(chr(10), chr(10) + ' ' * 7)}"
            for letter, text in (("A", row.a), ("B", row.b))
        ]
    return "\n".join(lines) + "\n"


def _lines(value: Any) -> str | None:
    if value is None:
        return None
    return "\n".join(value) if isinstance(value, list) else str(value)


def _said(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value in (None, "", {}) else str(value)
