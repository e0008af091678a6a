"""The Network tab with 100,000 exchanges: filter, select, scroll, memory.

The real window, journal and inspector; the baseline is a bare QTableView over a trivial model, with
QSortFilterProxyModel as its filter. Times are those of the event loop, painting included: how long
until the first hits can be seen, until the last, and the longest that the loop was kept from
anything else. Processor time is this process's alone: others do not count in it. Run by
``make bench``; an argument is the number of exchanges.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

EXCHANGES = 100_000
PER_RUN = 2_000
PER_FLUSH = 200
TRIES = 25
KEPT_BYTES = 256 * 1024
"""As much of a body as a capture keeps."""
FILTERS = (
    "4155500099",
    "status:error duration:>500ms",
    "host:crm.example -method:get | url:+14155500099",
    "path:/contacts status:ok size:>1kb | run:>40 -duration:>100ms | error:",
    "nothing like it",
    "header:retry-after",
    "body:'\"anna\"'",
)


def main() -> int:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else EXCHANGES
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.main import build_application

    application = build_application()
    with tempfile.TemporaryDirectory() as folder:
        bench = Filled(application, Path(folder))
        seconds = bench.fill(count)
        print(f"Network tab, {count:,} exchanges")
        print(f"  taken up               {seconds / count * 1e6:8.1f} us each, bodies on disk")
        for text in FILTERS:
            bench.filter(text)
        bench.filter("")
        bench.select()
        bench.scroll()
        bench.close()
        tracemalloc.start()
        measured = Filled(application, Path(folder))
        before = tracemalloc.get_traced_memory()[0]
        measured.fill(count)
        each = (tracemalloc.get_traced_memory()[0] - before) / count
        tracemalloc.stop()
        measured.close()
        print(f"  memory                 {each:8.0f} bytes an exchange, in journal and window")
    return 0


class Filled:
    """A window whose journal holds many exchanges, and a bare table of the same rows."""

    def __init__(self, application: Any, folder: Path) -> None:
        from PySide6.QtWidgets import QLineEdit, QTableView

        from app.journal import Journal
        from app.main import build_window
        from app.presenter.inspector import InspectorPresenter
        from app.presenter.match import MatchPresenter
        from app.settings import Settings
        from connectors.contract.manifest import Manifest

        self.application = application
        self.journal = Journal(spill_folder=folder)
        self.window = build_window(application, Settings())
        match = MatchPresenter(self.window.match, self.journal, lambda name: Manifest(name=name))
        self.inspector = InspectorPresenter(self.window, match)
        self.inspector.follow(self.journal)
        self.window.show_tab("Network")
        self.table = self.window.findChild(QTableView, "networkTable")
        self.field = self.window.findChild(QLineEdit, "networkFilter")
        self.progress = (0, 0)
        self.table.model().filtered.connect(self._keep_progress)
        self.random = random.Random(5)

    def fill(self, count: int) -> float:
        """Put exchanges into the journal as a connector would; return the seconds it took."""
        began = time.perf_counter()
        for number in range(count):
            self.journal.append(captured(number))
            if number % PER_FLUSH == 0:
                self.inspector.flush()
                self.application.processEvents()
        self.inspector.flush()
        self.settle()
        assert self.table.model().rowCount() == count
        return time.perf_counter() - began

    def filter(self, text: str) -> None:
        """Print how long a filter takes."""
        began, busy = time.perf_counter(), time.process_time()
        longest = self.spin(lambda: self.field.setText(text))
        first = longest
        while self.progress[0] < self.progress[1]:
            longest = max(longest, self.spin(None))
            if not first and self.table.model().rowCount():
                first = (time.perf_counter() - began) * 1000
        whole = (time.perf_counter() - began) * 1000
        worked = (time.process_time() - busy) * 1000
        hits = self.table.model().rowCount()
        print(f"  filter {text or '(none)'}")
        print(f"    first seen {first:6.1f} ms   whole {whole:8.1f} ms   ", end="")
        print(f"processor {worked:8.1f} ms   ", end="")
        print(f"loop kept {longest:5.1f} ms   {hits:,} hits")

    def select(self) -> None:
        """Print how long it takes to see another exchange, and one with the largest body kept."""
        count = self.table.model().rowCount()
        times = [
            self.spin(lambda: self.table.selectRow(self.random.randrange(count)))
            for _ in range(TRIES)
        ]
        print(f"  select                 {statistics.median(times):8.1f} ms   ", end="")
        print(f"longest {max(times):.1f} ms")
        self.journal.append(captured(count, KEPT_BYTES))
        self.inspector.flush()
        times = []
        for _ in range(TRIES):
            self.spin(lambda: self.table.selectRow(0))
            times.append(self.spin(lambda: self.table.selectRow(count)))
        print(
            f"  select one of {KEPT_BYTES // 1024} KB   {statistics.median(times):8.1f} ms   ",
            end="",
        )
        print(f"longest {max(times):.1f} ms")

    def scroll(self) -> None:
        """Print how long a picture takes after a leap to a random place."""
        ours = self.pictures(self.table)
        bare = bare_table(self.table)
        theirs = self.pictures(bare)
        bare.deleteLater()
        print(f"  scroll and draw        {ours:8.1f} ms   ", end="")
        print(f"{ours / theirs:.2f} x a bare table ({theirs:.1f} ms)")

    def pictures(self, table: Any) -> float:
        """Return the median milliseconds of scrolling somewhere and drawing."""
        count = table.model().rowCount()
        times = []
        for _ in range(TRIES):
            began = time.perf_counter()
            table.scrollTo(table.model().index(self.random.randrange(count), 0))
            table.grab()
            times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)

    def spin(self, work: Callable[[], None] | None) -> float:
        """Do `work` and one turn of the event loop; return the milliseconds."""
        began = time.perf_counter()
        if work is not None:
            work()
        self.application.processEvents()
        return (time.perf_counter() - began) * 1000

    def settle(self) -> None:
        """Let a filter come to its end."""
        while self.progress[0] < self.progress[1]:
            self.application.processEvents()

    def close(self) -> None:
        """Take everything down."""
        self.inspector.close()
        self.journal.close()
        self.window.close()
        self.window.deleteLater()
        self.application.processEvents()

    def _keep_progress(self, done: int, total: int) -> None:
        self.progress = (done, total)


def bare_table(like: Any) -> Any:
    """Return a QTableView over a list of texts, as large as `like` and with its columns."""
    from PySide6.QtCore import QAbstractTableModel, Qt
    from PySide6.QtWidgets import QTableView

    model = like.model()
    columns = model.columnCount()
    rows = [
        tuple(model.index(row, column).data() for column in range(columns))
        for row in range(model.rowCount())
    ]

    class Trivial(QAbstractTableModel):
        def rowCount(self, _parent: Any = None) -> int:
            return len(rows)

        def columnCount(self, _parent: Any = None) -> int:
            return columns

        def data(self, index: Any, role: int = 0) -> Any:
            return (
                rows[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None
            )

    table = QTableView()
    table.setModel(Trivial(table))
    table.verticalHeader().hide()
    table.resize(like.size())
    for column in range(columns):
        table.setColumnWidth(column, like.columnWidth(column))
    table.show()
    return table


def captured(number: int, size: int = 2048) -> Any:
    """Return one exchange of a lookup, with an answer of about `size` bytes."""
    from app.journal import ExchangeCaptured
    from connectors.contract.exchange import Body, Exchange

    person = '{"CONTACT_ID": %d, "FIRST_NAME": "%s", "LAST_NAME": "Keller", "PHONE": "4155550132"}'
    first = "Anna" if number % 1000 == 0 else "Bernd"
    count = max(1, size // len(person % (number, first)))
    text = "[" + ",".join(person % (number + at, first) for at in range(count)) + "]"
    failed = number % 50 == 0
    exchange = Exchange(
        id=number,
        invocation=1,
        started_ms=1.7e12 + number,
        method="POST" if number % 5 == 0 else "GET",
        url=f"https://crm.example/v3.1/contacts/search?field_name=PHONE&field_value="
        f"%2B1415{5_500_000 + number % 10_000}&brief=false",
        routed_to="http://127.0.0.1:4000/v3.1/contacts/search",
        headers=(
            ("Host", "crm.example"),
            ("Accept", "application/json"),
            ("Authorization", "[REDACTED]"),
            ("User-Agent", "python-httpx/0.28.1"),
        ),
        status=429 if failed else 200,
        reason="Too Many Requests" if failed else "OK",
        response_headers=(
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(text))),
            ("Date", "Mon, 01 Jan 2024 00:00:00 GMT"),
            *((("Retry-After", "3"),) if failed else ()),
        ),
        response_body=Body(text=text, size=len(text), mime_type="application/json"),
        wait_ms=40.0,
        ms=40.0 + number % 700,
    )
    return ExchangeCaptured(run_id=1 + number // PER_RUN, at_ms=1.7e12 + number, exchange=exchange)


if __name__ == "__main__":
    sys.exit(main())
