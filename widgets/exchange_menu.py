"""What can be done with one exchange, as the context menu of whatever lists exchanges."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMessageBox, QWidget

ACTIONS = {
    # The main window owns the key: it works in every tab that has a chosen exchange.
    "curl": "Copy as cURL\tCtrl+Shift+C",
    "curlWithSecrets": "Copy as cURL with secrets…",
    "harEntry": "Copy as HAR entry",
    "url": "Copy URL",
    "answer": "Copy answer",
}
Chosen = Callable[[], tuple[int, int] | None]
"""Gives (run, exchange) of the chosen row, None when there is none."""


class ExchangeMenu(QObject):
    """The context menu of a list of exchanges.

    Args:
        view: the list; right-clicking and the menu key open the menu.
        chosen: gives the chosen exchange.

    Signals:
        requested(str, int, int): do this (a key of `ACTIONS`) with this exchange of this run.
    """

    requested = Signal(str, int, int)

    def __init__(self, view: QWidget, chosen: Chosen) -> None:
        super().__init__(view)
        self._chosen = chosen
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for key, words in ACTIONS.items():
            action = QAction(words, view)
            action.setObjectName(f"{key}Action")
            action.triggered.connect(partial(ExchangeMenu.request, self, key))
            view.addAction(action)

    def request(self, key: str, _checked: object = None) -> None:
        """Ask for an action on the chosen exchange; nothing happens without one."""
        chosen = self._chosen()
        if chosen is not None:
            self.requested.emit(key, *chosen)


def secrets_question(parent: QWidget, sentence: str) -> QMessageBox:
    """Return the question before secrets are copied, for `open()`; accepted means yes."""
    question = QMessageBox(parent)
    question.setObjectName("copySecretsQuestion")
    question.setIcon(QMessageBox.Icon.Warning)
    question.setWindowTitle("Copy with secrets")
    question.setText(sentence)
    question.setInformativeText(
        "They go to the clipboard only. Whoever gets them can act as you: paste them nowhere else "
        "than in a shell of your own."
    )
    copy = question.addButton("Copy with secrets", QMessageBox.ButtonRole.AcceptRole)
    copy.setObjectName("copySecretsButton")
    cancel = question.addButton(QMessageBox.StandardButton.Cancel)
    question.setDefaultButton(cancel)
    question.setEscapeButton(cancel)
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return question
