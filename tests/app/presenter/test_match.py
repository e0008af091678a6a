"""The Match tab in the real window, after real lookups."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableView, QTableWidget, QTabWidget

from app.explain.verdict import Verdict, VerdictCode
from app.home import home
from app.presenter.match import tone_of
from app.sandbox import seed
from app.sandbox.process import start_or_join


async def look_up(desk, number, formats=()):
    desk.presenter.set_formats(list(formats))
    await desk.presenter.phone.match(number, force_refresh=True)
    await desk.idle()
    desk.presenter.match.explain()


def code(desk):
    return desk.child(QLabel, "verdictLabelCode").text()


async def test_a_lookup_is_explained_by_itself(open_desk):
    desk = await open_desk()
    await desk.presenter.phone.match(seed.DEMO["plain"].e164)
    await desk.until(lambda: code(desk) == "FOUND")
    assert "Anna Keller was found as 4155550132" in desk.child(QLabel, "verdictLabel").text()


async def test_a_format_rescues_a_lookup_and_the_table_shows_it(open_desk):
    desk = await open_desk()
    await look_up(desk, "+15105550177")
    assert code(desk) == "EMPTY_CRM_RESULT"
    await look_up(desk, "+15105550177", ["(###) ###-####"])
    assert code(desk) == "FOUND_BY_FORMAT"
    table = desk.child(QTableWidget, "matchMatrix")
    shown = [table.item(row, 0).text() for row in range(table.rowCount())]
    assert shown == ["5105550177", "+15105550177", "(510) 555-0177"]
    assert table.item(2, 2).text().startswith("✓ 1\n")


async def test_a_cell_opens_its_request(open_desk):
    desk = await open_desk()
    await look_up(desk, seed.DEMO["plain"].e164)
    table = desk.child(QTableWidget, "matchMatrix")
    table.itemClicked.emit(table.item(0, 4))
    tabs = desk.child(QTabWidget, "inspectorTabs")
    assert tabs.tabText(tabs.currentIndex()) == "Network"
    requests = desk.child(QTableView, "networkTable")
    (chosen,) = requests.selectionModel().selectedRows(1)
    assert "/leads/search" in chosen.data(Qt.ItemDataRole.DisplayRole)


async def test_choosing_a_run_explains_that_run(open_desk):
    desk = await open_desk()
    await look_up(desk, seed.DEMO["plain"].e164)
    await look_up(desk, seed.DEMO["nobody"].e164)
    assert code(desk) == "EMPTY_CRM_RESULT"
    desk.window.run_history.run_selected.emit(1)
    desk.presenter.match.explain()
    assert code(desk) == "FOUND"


async def test_a_search_by_name_leaves_the_lookup_on_the_page(open_desk):
    desk = await open_desk()
    await look_up(desk, seed.DEMO["plain"].e164)
    await desk.presenter.bench.search("Keller")
    await desk.idle()
    desk.presenter.match.explain()
    assert code(desk) == "FOUND"


async def test_a_failed_search_is_red_and_its_finding_is_there(open_desk):
    desk = await open_desk()
    await start_or_join(home(), faults=["insightly/leads/search=500"])
    await look_up(desk, seed.DEMO["plain"].e164)
    assert code(desk) == "HTTP_ERROR"
    assert desk.child(QLabel, "verdictLabelCode").property("tone") == "danger"


def test_a_connector_that_sends_no_request_at_all_may_be_right():
    assert tone_of(Verdict(VerdictCode.NOTHING_ASKED, "x")) == "warning"
    assert tone_of(Verdict(VerdictCode.NOTHING_ASKED, "x", exchanges=(1,))) == "danger"
