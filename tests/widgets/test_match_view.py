import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton, QTableWidget

from widgets.inspector_state import FindingRow, MatchCell, MatchRow, MatchState
from widgets.match_view import EMPTY, MatchView

STATE = MatchState(
    run_id=7,
    code="FOUND_BY_FORMAT",
    sentence="Omar was found as (510) 555-0177.",
    proven=True,
    tone="success",
    columns=("contacts\nPHONE", "leads\nPHONE"),
    rows=(
        MatchRow(
            "5105550177",
            "national digits",
            "",
            (MatchCell("0", "muted", "none", 3), MatchCell("✕ failed", "danger", "failed", 4)),
        ),
        MatchRow(
            "### ###",
            "format 1: ### ###",
            "too few places",
            (MatchCell("skipped", "warning"), MatchCell("skipped", "warning")),
        ),
    ),
    findings=(FindingRow("request-slow", "warning", "A request was slow.", "Ask for less."),),
)


@pytest.fixture
def view(qtbot):
    view = MatchView()
    qtbot.addWidget(view)
    view.resize(800, 500)
    view.show()
    return view


def table(view):
    return view.findChild(QTableWidget, "matchMatrix")


def text_of(view, name):
    return view.findChild(QLabel, name).text()


def test_an_empty_tab_says_what_to_do(view):
    assert text_of(view, "verdictLabel") == EMPTY
    assert not table(view).isVisible()


def test_the_verdict_stands_over_every_spelling_and_field(view):
    view.show_match(STATE)
    assert text_of(view, "verdictLabel") == STATE.sentence
    assert text_of(view, "verdictLabelCode") == "FOUND_BY_FORMAT"
    cells = [[table(view).item(row, column).text() for column in range(4)] for row in range(2)]
    assert cells == [
        ["5105550177", "national digits", "0", "✕ failed"],
        ["### ###", "format 1: ### ###\ntoo few places", "skipped", "skipped"],
    ]
    assert table(view).horizontalHeaderItem(2).text() == "contacts\nPHONE"
    assert table(view).horizontalHeaderItem(0).textAlignment() & Qt.AlignmentFlag.AlignLeft


def test_what_is_not_proven_is_said(view):
    proofs = [label for label in view.findChildren(QLabel) if label.text() == "Not proven"]
    view.show_match(STATE)
    assert not proofs[0].isVisible()
    view.show_match(MatchState(**{**vars_of(STATE), "proven": False}))
    assert proofs[0].isVisible()


def test_a_click_or_enter_on_a_cell_opens_its_request(qtbot, view):
    view.show_match(STATE)
    with qtbot.waitSignal(view.exchange_requested) as asked:
        place = table(view).visualItemRect(table(view).item(0, 3)).center()
        qtbot.mouseClick(table(view).viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [7, 4]
    table(view).setCurrentCell(0, 2)
    with qtbot.waitSignal(view.exchange_requested) as asked:
        qtbot.keyClick(table(view), Qt.Key.Key_Return)
    assert asked.args == [7, 3]


def test_a_cell_without_a_request_opens_nothing(qtbot, view):
    view.show_match(STATE)
    with qtbot.assertNotEmitted(view.exchange_requested):
        table(view).itemClicked.emit(table(view).item(1, 2))


def test_a_cell_is_read_out_with_its_row_and_column(view):
    view.show_match(STATE)
    spoken = table(view).item(0, 3).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "5105550177 in leads PHONE: ✕ failed"


def test_findings_say_what_to_do_and_go_away_when_there_are_none(view):
    findings = view.findChild(QListWidget, "findingsList")
    view.show_match(STATE)
    assert findings.item(0).text() == "! warning: A request was slow.\n    Ask for less."
    view.show_match(MatchState(**{**vars_of(STATE), "findings": ()}))
    assert not findings.isVisible()


def vars_of(state):
    return {name: getattr(state, name) for name in state.__dataclass_fields__}


def test_the_code_and_each_finding_lead_to_their_pages(qtbot, view):
    view.show_match(STATE)
    with qtbot.waitSignal(view.page_requested) as asked:
        view.findChild(QPushButton, "verdictLabelMeaning").click()
    assert asked.args == ["verdicts", "FOUND_BY_FORMAT"]
    findings = view.findChild(QListWidget, "findingsList")
    with qtbot.waitSignal(view.page_requested) as asked:
        findings.itemActivated.emit(findings.item(0))
    assert asked.args == ["findings", "request-slow"]


def test_a_run_that_is_no_lookup_has_findings_only(view):
    more = {"code": "", "sentence": "createContact is no lookup: findings only.", "rows": ()}
    view.show_match(MatchState(**{**vars_of(STATE), **more}))
    assert not table(view).isVisible()
    assert view.findChild(QListWidget, "findingsList").isVisible()
    assert text_of(view, "verdictLabel").startswith("createContact")


def test_a_known_contact_can_be_probed_at_any_time(qtbot, view):
    with qtbot.waitSignal(view.probe_requested):
        view.findChild(QPushButton, "probeButton").click()


def test_the_rule_is_readable_in_a_narrow_window_and_fills_a_wide_one(view):
    view.show_match(STATE)
    header = table(view).horizontalHeader()
    natural = table(view).sizeHintForColumn(1)
    for _ in range(2):
        view.resize(1400, 400)
        assert header.length() == table(view).viewport().width()
        view.resize(260, 400)
        assert header.sectionSize(1) >= min(natural, 200)
        assert header.sectionSize(1) < 1000


def test_the_evidence_of_the_verdict_opens_its_request(qtbot, view):
    view.show_match(MatchState(**{**vars_of(STATE), "evidence": (4, 5)}))
    with qtbot.waitSignal(view.exchange_requested) as asked:
        view.findChild(QPushButton, "verdictLabelEvidence").click()
    assert asked.args == [7, 4]
