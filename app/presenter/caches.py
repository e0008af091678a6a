"""The Caches tab: the lens of the connection in use, and what the user does to an entry."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from app.extension.cache_lens import CacheLens
from app.extension.cache_rows import Action, CacheRow, Layer
from app.journal import Journal, RunStarted
from app.presenter.phone import PhonePresenter
from connectors import phone
from widgets.caches_view import CachesView
from widgets.inspector_state import CacheEntry, CachesState

TICK_MS = 10_000
"""Ages are in words, so that they need no closer look."""
PAUSE_MS = 120
"""A burst of lookups is shown once, after this pause."""


class CachesPresenter(QObject):
    """Keeps the tab true while it is seen.

    Args:
        extension: whose caches and bypasses they are.
        journal: where a shown run's number is read from.
        region: the region in which typed numbers are dialled.
    """

    def __init__(
        self,
        view: CachesView,
        extension: PhonePresenter,
        journal: Journal,
        region: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._extension = extension
        self._journal = journal
        self._region = region
        self._number = ""
        self._rows: dict[str, CacheRow] = {}
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.refresh)
        self._tick.start()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        extension.caches_changed.connect(self._pause.start)
        view.shown.connect(self.refresh)
        view.entry_action_requested.connect(self._on_entry_action)
        view.clear_layer_requested.connect(self._on_clear_layer)
        view.maintain_requested.connect(self._on_maintain)
        view.bypass_local_changed.connect(self._on_bypass_local)
        view.bypass_account_changed.connect(self._on_bypass_account)

    @Slot(int)
    def show_run(self, run_id: int) -> None:
        """Show the caches of the number that a run was about; other runs change nothing."""
        started = next(self._journal.events(run_id), None)
        if isinstance(started, RunStarted):
            self._take(str(started.input.get("phoneNumber") or ""))

    @Slot(str)
    def show_typed(self, text: str) -> None:
        """Show the caches of a number as it is typed."""
        self._take(phone.dial(text, self._region))

    @Slot()
    def refresh(self) -> None:
        """Read the caches anew, when somebody sees them."""
        if not self._view.isVisible():
            return
        lens = self._extension.lens()
        of_number = lens.of_number(self._number) if self._number else ()
        every = lens.entries()
        self._rows = {_key(row): row for row in (*of_number, *every)}
        bypass = self._extension.bypass
        self._view.show_caches(
            CachesState(
                number=phone.display(self._number, self._region) if self._number else "",
                of_number=tuple(_entry(row) for row in of_number),
                entries=tuple(_entry(row) for row in every),
                past_local=bypass.local,
                past_account=bypass.account,
            )
        )

    def close(self) -> None:
        """Look at the caches no more."""
        self._tick.stop()
        self._pause.stop()

    def _take(self, number: str) -> None:
        if number and number != self._number:
            self._number = number
            self._view.show_done("")
            self._pause.start()

    @Slot(str, str)
    def _on_entry_action(self, name: str, key: str) -> None:
        row = self._rows.get(key)
        if row is None:
            return
        lens = self._extension.lens()
        work: dict[Action, tuple[Callable[[CacheLens, CacheRow], None], str]] = {
            Action.CLEAR: (CacheLens.clear, "was removed."),
            Action.STALE: (CacheLens.make_stale, "is past its lifetime now."),
            Action.NOBODY: (CacheLens.remember_nobody, "remembers nobody now."),
            Action.OUTDATED: (CacheLens.make_outdated, "has outdated names now."),
        }
        do, said = work[Action(name)]
        do(lens, row)
        was = f" ({row.answer}, kept {row.age})" if row.age else ""
        self._done(f"{row.layer} {row.name}{was} {said}")

    @Slot(str)
    def _on_clear_layer(self, layer: str) -> None:
        self._extension.lens().clear_layer(Layer(layer))
        self._done(f"{layer}: nothing is kept for this connection any more.")

    @Slot()
    def _on_maintain(self) -> None:
        dropped = self._extension.lens().maintain()
        answers = "1 answer" if dropped == 1 else f"{dropped} answers"
        self._done(f"Maintenance removed {answers} older than 3 months from the account cache.")

    @Slot(bool)
    def _on_bypass_local(self, on: bool) -> None:
        self._extension.bypass.local = on

    @Slot(bool)
    def _on_bypass_account(self, on: bool) -> None:
        self._extension.bypass.account = on

    def _done(self, sentence: str) -> None:
        self._view.show_done(sentence)
        self._extension.show_history()
        self.refresh()


def _key(row: CacheRow) -> str:
    return "\n".join((row.layer, *row.key))


def _entry(row: CacheRow) -> CacheEntry:
    return CacheEntry(
        key=_key(row),
        layer=row.layer,
        name=row.name,
        state=row.state.value,
        age=row.age,
        lifetime=row.lifetime,
        answer=row.answer,
        shared=row.shared,
        meaning=row.meaning,
        actions=frozenset(action.value for action in row.actions),
    )
