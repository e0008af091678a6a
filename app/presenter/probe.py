"""The probe dialog joined to the bench."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from app.bench import Bench
from app.explain.compare import MATCH_WORDS, Match, visible
from app.explain.known import StoredPhone
from app.explain.verdict import VerdictCode
from app.loop import TaskRunner
from app.presenter.match import tone_of
from app.probe import Probe, ProbeError, Question, formats_with, probe
from widgets.inspector_state import AdviceRow, ProbeState, StoredRow, Tone
from widgets.main_window import MainWindow
from widgets.probe_dialog import ProbeDialog

TASK = "probe.run"

_TONES: dict[Match, Tone] = {
    Match.EXACT: "success",
    Match.NSN: "success",
    Match.SHORT_NSN: "warning",
    Match.NO_MATCH: "danger",
    Match.NOT_A_NUMBER: "danger",
}


class ProbePresenter(QObject):
    """Opens the dialog, runs the probe, and uses a format that it advises.

    Args:
        bench: the connection in use, None while there is none.
        formats: the user's phone formats.
        remembers_nobody: whether the extension's own cache says that nobody has a number.

    Signals:
        formats_chosen(list, str): use these formats, then look this number up again.
        page_requested(str, str): open a page of the documents.
    """

    formats_chosen = Signal(list, str)
    page_requested = Signal(str, str)

    def __init__(
        self,
        window: MainWindow,
        tasks: TaskRunner,
        *,
        bench: Callable[[], Bench | None],
        formats: Callable[[], list[str]],
        remembers_nobody: Callable[[str], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._tasks = tasks
        self._bench = bench
        self._formats = formats
        self._remembers_nobody = remembers_nobody
        self._dialog: ProbeDialog | None = None
        self._probe: Probe | None = None
        self._number = ""

    def open(self, number: str) -> None:
        """Open the dialog for a number."""
        bench = self._bench()
        types = bench.manifest.contact_types if bench is not None else ()
        dialog = ProbeDialog(self._window)
        dialog.probe_requested.connect(self._on_probe_requested)
        dialog.format_requested.connect(self._on_format_requested)
        dialog.page_requested.connect(self.page_requested)
        dialog.finished.connect(self._on_finished)
        self._dialog = dialog
        dialog.start(number, [(each.value, each.display or each.value) for each in types])

    @Slot(str, str, str, str)
    def _on_probe_requested(self, number: str, way: str, text: str, contact_type: str) -> None:
        question = Question(
            name=text if way == "name" else "",
            record_id=text if way == "id" else "",
            record_type=contact_type if way != "stored" else "",
            stored=text if way == "stored" else "",
        )
        self._tasks.start(self._run(number, question), name=TASK)

    async def _run(self, number: str, question: Question) -> None:
        bench, dialog = self._bench(), self._dialog
        if dialog is None:
            return
        if bench is None:
            dialog.show_problem("Choose a connection first: a probe asks its CRM.")
            return
        try:
            made = await probe(
                bench,
                number,
                self._formats(),
                question,
                remembered_nobody=self._remembers_nobody(number),
            )
        except ProbeError as error:
            if self._dialog is dialog:
                dialog.show_problem(str(error))
            return
        if self._dialog is dialog:
            self._probe, self._number = made, number
            dialog.show_probe(probe_state(made))

    @Slot(str)
    def _on_format_requested(self, chosen: str) -> None:
        advice = (
            next((each for each in self._probe.advice if each.format == chosen), None)
            if (self._probe)
            else None
        )
        if advice is None or self._dialog is None:
            return
        self._dialog.accept()
        self.formats_chosen.emit(formats_with(self._formats(), advice), self._number)

    @Slot(int)
    def _on_finished(self, _result: int) -> None:
        self._tasks.cancel(TASK)
        self._dialog = None


def probe_state(made: Probe) -> ProbeState:
    """Return a probe as the dialog shows it."""
    contact = made.contact
    kind = (contact or {}).get("type") or "contact"
    good = made.verdict.code in {VerdictCode.FOUND, VerdictCode.FOUND_BY_FORMAT}
    return ProbeState(
        record=f"{contact.get('name')} · {kind} - {contact.get('id')}" if contact else "",
        code=made.verdict.code,
        sentence=made.verdict.text,
        proven=made.verdict.proven,
        tone="success" if good else tone_of(made.verdict),
        stored=tuple(map(_stored_row, made.stored)),
        advice=tuple(AdviceRow(each.text, each.format or "") for each in made.advice),
    )


def _stored_row(stored: StoredPhone) -> StoredRow:
    match = stored.comparison.match
    aligned = stored.alignment if stored.near else None
    return StoredRow(
        field=stored.field,
        shown=stored.comparison.shown,
        match=MATCH_WORDS[match],
        tone=_TONES[match],
        spelling=stored.spelling,
        steps=tuple(
            (visible(step.stored), visible(step.candidate), step.kind == "same")
            for step in (aligned.steps if aligned else ())
        ),
        differences=tuple(each.text for each in (aligned.differences if aligned else ())),
    )
