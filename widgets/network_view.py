"""The Network tab: every exchange, and the chosen one in full."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, Qt, Slot
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

from widgets.network_model import NetworkModel, status_text
from widgets.page_state import ExchangeRow
from widgets.raw_view import TextPane

EMPTY = "Nothing yet. Each request that the connector sends appears here, with its answer."


class NetworkView(QWidget):
    """A table of exchanges over the details of the chosen one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: int | None = None
        self._model = NetworkModel(self)
        self._filter = QLineEdit()
        self._filter.setObjectName("networkFilter")
        self._filter.setAccessibleName("Filter the requests")
        self._filter.setPlaceholderText("Filter by URL, status or body")
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._on_filter_changed)
        clear = QPushButton("Clear")
        clear.setObjectName("clearNetworkButton")
        clear.setAccessibleName("Clear the requests")
        clear.clicked.connect(self.clear)
        self._empty = QLabel(EMPTY)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._table = QTableView()
        self._table.setObjectName("networkTable")
        self._table.setAccessibleName("Requests")
        self._table.setModel(self._model)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._table.setShowGrid(False)
        self._table.setWordWrap(False)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(28)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for column, width in ((0, 72), (2, 110), (3, 56), (4, 76), (5, 104)):
            self._table.setColumnWidth(column, width)
        self._table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._detail = ExchangeDetail()
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        upper = QWidget()
        upper_layout = QVBoxLayout(upper)
        upper_layout.setContentsMargins(0, 0, 0, 0)
        upper_layout.addWidget(self._empty, 1)
        upper_layout.addWidget(self._table, 1)
        self._table.hide()
        split.addWidget(upper)
        split.addWidget(self._detail)
        split.setSizes([260, 260])
        bar = QHBoxLayout()
        bar.addWidget(self._filter, 1)
        bar.addWidget(clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addLayout(bar)
        layout.addWidget(split, 1)

    def append_rows(self, rows: Sequence[ExchangeRow]) -> None:
        """Add exchanges; the first is chosen when none is."""
        self._model.append_rows(rows)
        self._show_table()
        if not self._table.selectionModel().hasSelection() and self._model.rowCount():
            self._table.selectRow(0)

    def show_run(self, run_id: int | None) -> None:
        """Show the exchanges of one run only; None shows all."""
        self._run = run_id
        self._refilter()

    def show_exchange(self, run_id: int, exchange_id: int) -> None:
        """Choose one exchange of a run; the filter gives way to it."""
        self._filter.clear()
        self.show_run(run_id)
        row = self._model.find(run_id, exchange_id)
        if row is not None:
            self._table.selectRow(row)
            self._table.scrollTo(self._model.index(row, 0))

    @Slot()
    def clear(self) -> None:
        """Forget all exchanges."""
        self._model.clear()
        self._detail.show_exchange(None)
        self._show_table()

    @Slot()
    def focus_find(self) -> None:
        """Put the cursor into the filter."""
        self._filter.setFocus()
        self._filter.selectAll()

    @Slot(str)
    def _on_filter_changed(self, _text: str) -> None:
        self._refilter()

    def _refilter(self) -> None:
        self._model.filter(self._run, self._filter.text().strip())
        self._show_table()
        if self._model.rowCount():
            self._table.selectRow(0)
        else:
            self._detail.show_exchange(None)

    def _show_table(self) -> None:
        filled = self._model.rowCount() > 0
        narrowed = self._run is not None or bool(self._filter.text().strip())
        self._empty.setText(
            "No request fits: choose another run or clear the filter." if narrowed else EMPTY
        )
        self._table.setVisible(filled)
        self._empty.setVisible(not filled)

    @Slot(QItemSelection, QItemSelection)
    def _on_selection_changed(self, chosen: QItemSelection, _before: QItemSelection) -> None:
        indexes = chosen.indexes()
        self._detail.show_exchange(self._model.row(indexes[0].row()) if indexes else None)


class ExchangeDetail(QTabWidget):
    """One exchange: what was asked, and what came back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exchangeDetail")
        self.setAccessibleName("The chosen request")
        self._request = TextPane("exchangeRequest", "Choose a request above.", "Request")
        self._response = TextPane("exchangeResponse", "Choose a request above.", "Response")
        self.addTab(self._response, "Response")
        self.addTab(self._request, "Request")

    def show_exchange(self, row: ExchangeRow | None) -> None:
        """Show an exchange, or nothing."""
        if row is None:
            self._request.show_text("")
            self._response.show_text("")
            return
        asked = f"{row.method} {row.url}"
        if row.routed_to:
            asked += f"\n→ {row.routed_to}"
        answered = f"{status_text(row)}   {row.ms:.0f} ms"
        if row.error:
            answered += f"\n✕ {row.error}"
        self._request.show_text(_whole(asked, row.request_headers, row.request_body))
        self._response.show_text(_whole(answered, row.response_headers, row.response_body))


def _whole(first: str, headers: tuple[tuple[str, str], ...], body: str) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    return "\n".join(lines) + (f"\n\n{body}" if body else "")
