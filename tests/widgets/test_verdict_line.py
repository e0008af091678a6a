from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from widgets.verdict_line import NOT_PROVEN, VerdictLine


def visible_texts(line):
    return {part.text() for part in line.findChildren(QLabel) if part.isVisibleTo(line)}


def test_a_verdict_has_a_code_a_sentence_and_a_page(qtbot):
    line = VerdictLine("verdictLabel")
    qtbot.addWidget(line)
    line.show_verdict("FOUND", "Anna was found.", proven=True, tone="success")
    assert visible_texts(line) == {"FOUND", "Anna was found."}
    asked = []
    line.meaning_requested.connect(asked.append)
    line.findChild(QPushButton, "verdictLabelMeaning").click()
    assert asked == ["FOUND"]


def test_what_is_not_proven_says_so(qtbot):
    line = VerdictLine("verdictLabel")
    qtbot.addWidget(line)
    line.show_verdict("INDEX_DELAY", "Perhaps.", proven=False, tone="warning")
    assert NOT_PROVEN in visible_texts(line)
    line.show_verdict("", "Nothing yet.", proven=False, tone="muted")
    assert visible_texts(line) == {"Nothing yet."}
    assert not line.findChild(QPushButton, "verdictLabelMeaning").isVisibleTo(line)


def test_the_request_that_it_stands_on_can_be_shown(qtbot):
    line = VerdictLine("verdictLabel")
    qtbot.addWidget(line)
    button = line.findChild(QPushButton, "verdictLabelEvidence")
    for requests, words in ((1, "Show the request"), (3, "Show the first of 3 requests")):
        line.show_verdict("AUTH", "Refused.", proven=True, tone="danger", requests=requests)
        assert button.text() == words
    with qtbot.waitSignal(line.evidence_requested):
        button.click()
    line.show_verdict("CACHED", "Cached.", proven=True, tone="success")
    assert not button.isVisibleTo(line)


def test_names_of_the_crm_neither_turn_the_sentence_nor_format_it(qtbot):
    line = VerdictLine("verdictLabel")
    qtbot.addWidget(line)
    sentence = line.findChild(QLabel, "verdictLabel")
    line.show_verdict("FOUND", "محمد was found.", proven=True, tone="success")
    assert sentence.text() == "\u200eمحمد was found."
    assert sentence.textFormat() == Qt.TextFormat.PlainText
