from PySide6.QtWidgets import QTextBrowser, QWidget

from widgets.document_dialog import DocumentDialog


def test_it_shows_a_text_and_opens_nothing(qtbot):
    dialog = DocumentDialog("FOUND", "## found\n**Do.** [Nothing](file:///etc/passwd).")
    qtbot.addWidget(dialog)
    dialog.open()
    text = dialog.findChild(QTextBrowser, "documentText")
    assert dialog.windowTitle() == "FOUND"
    assert "Do. Nothing." in text.toPlainText()
    assert not text.openLinks()
    dialog.reject()
    assert not dialog.isVisible()


def test_a_closed_dialog_is_not_kept(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    dialog = DocumentDialog("FOUND", "## found", owner)
    dialog.open()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    assert owner.findChild(DocumentDialog) is None
