from PySide6.QtWidgets import QTextBrowser

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
