"""The Network tab: every exchange, and the chosen one in full."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from widgets.exchange_menu import ExchangeMenu
from widgets.field_row import label, restyle
from widgets.inspector_state import ExchangeDetailState, ExchangeRow
from widgets.network_filter import HELP, FilterError, NetworkFilter, TextSource, parse_filter
from widgets.network_model import NetworkModel, status_text
from widgets.raw_view import TextPane

EMPTY = "Nothing yet. Each request that the connector sends appears here, with its answer."
_TIME = 5
_NARROW = 640
"""Pixels under which the URL needs the room of the time, which the history has as well."""
NOTHING_FITS = "No request fits: choose another run or clear the filter."


class NetworkView(QWidget):
    """A table of exchanges over the details of the chosen one.

    The chosen exchange stays chosen while filters come and go; when it does not fit, the first that
    does is chosen.

    Signals:
        exchange_selected(int, int): show the details of this exchange of this run.

    Attributes:
        menu: what can be done with the chosen exchange.
    """

    exchange_selected = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: int | None = None
        self._wanted = NetworkFilter()
        self._chosen: int | None = None
        self._problem = ""
        self._progress = ""
        self._model = NetworkModel(self)
        self._model.filtered.connect(self._on_filtered)
        self._filter = QLineEdit()
        self._filter.setObjectName("networkFilter")
        self._filter.setAccessibleName("Filter the requests")
        self._filter.setPlaceholderText("Filter: 404  status:error  duration:>500ms  body:keller")
        self._filter.setToolTip(HELP)
        self._filter.setAccessibleDescription(HELP)
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._on_filter_changed)
        clear = QPushButton("Clear")
        clear.setObjectName("clearNetworkButton")
        clear.setAccessibleName("Clear the requests")
        clear.clicked.connect(self.clear)
        self._note = label("", "muted", wraps=True)
        self._note.setObjectName("networkNote")
        self._note.setAccessibleName("Requests shown")
        self._empty = QLabel(EMPTY)
        self._empty.setObjectName("networkEmpty")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._table = self._build_table()
        self.menu = ExchangeMenu(self._table, self.chosen_exchange)
        self._detail = ExchangeDetail()
        upper = QWidget()
        upper_layout = QVBoxLayout(upper)
        upper_layout.setContentsMargins(0, 0, 0, 0)
        upper_layout.addWidget(self._empty, 1)
        upper_layout.addWidget(self._table, 1)
        self._table.hide()
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(upper)
        split.addWidget(self._detail)
        split.setSizes([260, 260])
        bar = QHBoxLayout()
        bar.addWidget(self._filter, 1)
        bar.addWidget(clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addLayout(bar)
        layout.addWidget(self._note)
        layout.addWidget(split, 1)

    def use_text_source(self, source: TextSource) -> None:
        """Have `source` look through headers and bodies; it has every exchange in its place."""
        self._model.use_text_source(source)

    def append_rows(self, rows: Sequence[ExchangeRow]) -> None:
        """Add exchanges; the first is chosen when none is."""
        self._model.append_rows(rows)

    def show_run(self, run_id: int | None) -> None:
        """Show the exchanges of one run only; None shows all."""
        self._run = run_id
        self._refilter()

    def show_exchange(self, run_id: int, exchange_id: int) -> None:
        """Choose one exchange of a run; the filter gives way to it."""
        self._run = run_id
        self._chosen = self._model.find(run_id, exchange_id)
        if self._filter.text():
            self._filter.clear()
        else:
            self._refilter()

    def show_detail(self, state: ExchangeDetailState) -> None:
        """Show the chosen exchange in full; one that is no longer chosen is ignored."""
        row = self._model.row(self._table.currentIndex().row())
        if row is not None and _key(row) == _key(state):
            self._detail.show_exchange(state)

    def chosen_exchange(self) -> tuple[int, int] | None:
        """Return (run, exchange) of the chosen row, None when there is none."""
        row = self._model.row(self._table.currentIndex().row())
        return None if row is None else _key(row)

    @Slot()
    def clear(self) -> None:
        """Forget all exchanges."""
        self._chosen = None
        self._model.clear()

    @Slot()
    def focus_find(self) -> None:
        """Put the cursor into the filter."""
        self._filter.setFocus()
        self._filter.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the time away in a narrow window."""
        super().resizeEvent(event)
        self._table.setColumnHidden(_TIME, self.width() < _NARROW)

    def _build_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("networkTable")
        table.setAccessibleName("Requests")
        table.setModel(self._model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        # No header measures the rows: with 100,000 of them that would take seconds.
        rows = table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(28)
        header = table.horizontalHeader()
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for column, width in ((0, 72), (2, 110), (3, 56), (4, 76), (_TIME, 104)):
            table.setColumnWidth(column, width)
        table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        return table

    @Slot(str)
    def _on_filter_changed(self, text: str) -> None:
        try:
            self._wanted = parse_filter(text)
        except FilterError as error:
            self._problem = str(error)
            self._show_note()
        else:
            self._problem = ""
            self._refilter()
        restyle(self._filter, "wrong", bool(self._problem))

    def _refilter(self) -> None:
        self._model.filter(self._run, self._wanted)

    @Slot(int, int)
    def _on_filtered(self, done: int, total: int) -> None:
        shown = self._model.rowCount()
        self._progress = _progress_text(shown, done, total)
        self._show_note()
        self._table.setVisible(shown > 0)
        self._empty.setVisible(not shown)
        self._empty.setText("Searching …" if done < total else NOTHING_FITS if total else EMPTY)
        self._choose_again(is_done=done == total)

    def _show_note(self) -> None:
        self._note.setText(self._problem or self._progress)
        self._note.setVisible(bool(self._note.text()))
        restyle(self._note, "role", "problem" if self._problem else "muted")

    def _choose_again(self, *, is_done: bool) -> None:
        """Select the chosen exchange where it is shown, else the first."""
        if self._table.selectionModel().hasSelection():
            return
        row = None
        if self._chosen is not None:
            row = self._model.row_of(self._chosen)
            if row is None and not self._model.is_decided(self._chosen):
                return
        if self._model.rowCount():
            self._table.selectRow(row or 0)
            self._table.scrollTo(self._model.index(row or 0, 0))
        elif is_done:
            self._detail.show_exchange(None)

    @Slot(QItemSelection, QItemSelection)
    def _on_selection_changed(self, chosen: QItemSelection, _before: QItemSelection) -> None:
        indexes = chosen.indexes()
        row = self._model.row(indexes[0].row()) if indexes else None
        if row is None:
            return
        self._chosen = self._model.place(indexes[0].row())
        if self._detail.key != _key(row):
            self.exchange_selected.emit(*_key(row))
        if self._detail.key != _key(row):
            self._detail.show_exchange(None)


class ExchangeDetail(QTabWidget):
    """One exchange: what was asked, and what came back.

    Each side is drawn when its tab is in front, for a large body takes its time.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exchangeDetail")
        self.setAccessibleName("The chosen request")
        self._state: ExchangeDetailState | None = None
        self._request = TextPane("exchangeRequest", "Choose a request above.", "Request")
        self._response = TextPane("exchangeResponse", "Choose a request above.", "Response")
        self._drawn: set[TextPane] = set()
        self.addTab(self._response, "Response")
        self.addTab(self._request, "Request")
        self.currentChanged.connect(self._draw)

    @property
    def key(self) -> tuple[int, int] | None:
        """Run and id of the exchange that is shown."""
        return _key(self._state) if self._state else None

    def show_exchange(self, state: ExchangeDetailState | None) -> None:
        """Show an exchange, or nothing."""
        self._state = state
        self._drawn.clear()
        self._draw()

    @Slot()
    def _draw(self) -> None:
        pane = self._request if self.currentWidget() is self._request else self._response
        if pane in self._drawn:
            return
        self._drawn.add(pane)
        pane.show_text(_side(self._state, is_request=pane is self._request))


def _key(exchange: ExchangeRow | ExchangeDetailState) -> tuple[int, int]:
    return exchange.run_id, exchange.exchange_id


def _progress_text(shown: int, done: int, total: int) -> str:
    if done < total:
        return f"{shown:,} found, searching … {done:,} of {total:,}"
    if not total:
        return ""
    noun = "request" if total == 1 else "requests"
    return f"{total:,} {noun}" if shown == total else f"{shown:,} of {total:,} {noun}"


def _side(state: ExchangeDetailState | None, *, is_request: bool) -> str:
    if state is None:
        return ""
    if is_request:
        first = f"{state.method} {state.url}"
        if state.routed_to:
            first += f"\n→ {state.routed_to}"
        return _whole(first, state.request_headers, state.request_body)
    first = f"{status_text(state)}   {state.ms:.0f} ms"
    if state.error:
        first += f"\n✕ {state.error}"
    return _whole(first, state.response_headers, state.response_body)


def _whole(first: str, headers: tuple[tuple[str, str], ...], body: str) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    return "\n".join(lines) + (f"\n\n{body}" if body else "")
