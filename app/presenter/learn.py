"""Learning phone formats in the window, in slices between which the window lives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.explain.answers import id_of, phones_of, records_of
from app.explain.compare import visible
from app.explain.csv_file import UnreadableFileError
from app.explain.learn import FormatLearner, Learned
from app.explain.phone_column import NoPhoneColumnError, PhoneFile
from app.journal import ExchangeCaptured, Journal
from app.loop import TaskRunner
from app.traffic.whole_body import with_short_answer
from widgets.inspector_state import CoverageBar, LearnedState, UncoveredRow
from widgets.learn_formats_dialog import LearnFormatsDialog

LEARN = "formats.learn"
SLICE_S = 0.008
_ROWS_BETWEEN_LOOKS = 32
RECORDS = "The records that lookups have returned"
NOTHING_SEEN = (
    "No record with a phone number has been seen yet: look some numbers up first, or choose a file."
)
CHOOSE_ABOVE = "Choose the phone column above."


class LearnPresenter(QObject):
    """Works the dialog that learns formats.

    Args:
        window: the dialog's parent.
        journal: where the records seen so far are.
        set_formats: makes formats those of the current connection.
        region: two ISO letters, for numbers stored without a country code.
    """

    def __init__(
        self,
        window: QWidget,
        tasks: TaskRunner,
        journal: Journal,
        set_formats: Callable[[list[str]], None],
        region: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._tasks = tasks
        self._journal = journal
        self._set_formats = set_formats
        self._region = region
        self._path = Path()
        self._opened: LearnFormatsDialog | None = None

    @Slot()
    def open(self) -> None:
        """Open the dialog."""
        self._dialog.start()

    @property
    def _dialog(self) -> LearnFormatsDialog:
        """The dialog, made when it is first wanted."""
        if self._opened is None:
            dialog = LearnFormatsDialog(self._window)
            dialog.file_chosen.connect(self._on_file_chosen)
            dialog.column_chosen.connect(self._on_column_chosen)
            dialog.records_requested.connect(self._on_records_requested)
            dialog.cancel_requested.connect(self._on_cancel_requested)
            dialog.formats_chosen.connect(self._on_formats_chosen)
            self._opened = dialog
        return self._opened

    @Slot(str)
    def _on_file_chosen(self, path: str) -> None:
        self._path = Path(path)
        self._start(self._path)

    @Slot(int)
    def _on_column_chosen(self, column: int) -> None:
        self._start(self._path, column)

    @Slot()
    def _on_records_requested(self) -> None:
        self._tasks.cancel(LEARN)
        self._tasks.start(self._learn_from_records(), name=LEARN)

    @Slot()
    def _on_cancel_requested(self) -> None:
        self._tasks.cancel(LEARN)

    @Slot(list)
    def _on_formats_chosen(self, formats: list[str]) -> None:
        self._set_formats(formats)

    def _start(self, path: Path, column: int | None = None) -> None:
        self._tasks.cancel(LEARN)
        self._tasks.start(self._learn_from_file(path, column), name=LEARN)

    async def _learn_from_file(self, path: Path, column: int | None) -> None:
        self._dialog.show_source(path.name)
        if column is None:
            self._dialog.show_columns((), -1)
        self._dialog.show_progress(0.0, 0)
        try:
            with PhoneFile(path, self._region) as file:
                if column is None:
                    likeliest = file.candidates[0] if file.candidates else -1
                    self._dialog.show_columns(file.headings, likeliest)
                    column = file.column()
                learned = await self._learn(file.texts(column), lambda: file.progress)
        except NoPhoneColumnError as error:
            self._dialog.show_problem(f"{error} {CHOOSE_ABOVE}")
        except UnreadableFileError as error:
            self._dialog.show_problem(str(error))
        else:
            self._dialog.show_learned(learned_state(learned))

    async def _learn_from_records(self) -> None:
        self._dialog.show_source(RECORDS)
        self._dialog.show_columns((), -1)
        learned = await self._learn(phones_seen(self._journal), lambda: 0.0)
        if learned.numbers:
            self._dialog.show_learned(learned_state(learned))
        else:
            self._dialog.show_problem(NOTHING_SEEN)

    async def _learn(self, texts: Iterable[str], progress: Callable[[], float]) -> Learned:
        learner = FormatLearner(self._region)
        until = time.perf_counter() + SLICE_S
        for number, text in enumerate(texts, start=1):
            learner.add(text)
            if number % _ROWS_BETWEEN_LOOKS == 0 and time.perf_counter() > until:
                self._dialog.show_progress(progress(), number)
                await asyncio.sleep(0)
                until = time.perf_counter() + SLICE_S
        return learner.result()


def phones_seen(journal: Journal) -> Iterator[str]:
    """Yield the phones in the answers that the journal holds, those of a record once."""
    seen: set[tuple[str, str, str]] = set()
    for event in journal.events():
        if not isinstance(event, ExchangeCaptured):
            continue
        exchange = with_short_answer(journal, event.run_id, event.exchange)
        for record in records_of(exchange) or ():
            for field, text in phones_of(record):
                key = (id_of(record), field, text)
                if key not in seen:
                    seen.add(key)
                    yield text


def learned_state(learned: Learned) -> LearnedState:
    """Return what was learned as the dialog shows it."""
    numbers = learned.numbers
    left = numbers - learned.covered
    read = f"{_counted(numbers, 'number')} in {_counted(learned.rows, 'row')}"
    if not numbers:
        sentence = f"{_counted(learned.rows, 'row')}, and no phone number in them."
    elif not learned.formats:
        sentence = f"{read}. No format fits any of them."
    else:
        count = len(learned.formats)
        sentence = (
            f"{read}. "
            f"{'This format covers' if count == 1 else f'These {count} formats cover'} "
            f"{learned.covered / numbers:.1%} of them."
        )
    return LearnedState(
        sentence=sentence,
        bars=tuple(
            CoverageBar(each.format, each.adds, each.adds / numbers, each.share)
            for each in learned.formats
        ),
        left=left,
        left_share=left / numbers if numbers else 0.0,
        uncovered=tuple(
            UncoveredRow(each.spelling, each.count, visible(each.example), each.why)
            for each in learned.uncovered
        ),
    )


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
