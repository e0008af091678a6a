"""The Source tab: the connector's files, what is wrong with them, save and run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextDocumentLayout,
    QPushButton,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets import icons, theme
from widgets.field_row import label, restyle
from widgets.find_bar import FindBar
from widgets.inspector_state import SourceMark
from widgets.source_editor import SourceEditor, mono_font
from widgets.source_highlighter import SourceHighlighter

MOST_MARKS = 500
MOST_COLORED = 200_000
"""Characters; a larger text would take too long to colour when it is opened."""
LIST_HEIGHT = 104
LONGEST_SHOWN = 200
_MARK = Qt.ItemDataRole.UserRole
_SEVERITY = {"error": ("error", "danger"), "warning": ("warning", "warning")}


@dataclass(slots=True)
class _Page:
    """One file in hand: its text with everything that can be undone, and where the user was."""

    document: QTextDocument
    locked: bool
    highlighter: SourceHighlighter | None
    marks: list[SourceMark] = field(default_factory=list)
    position: int = 0
    scrolled: int = 0


class SourceView(QWidget):
    """Edits the files of a connector.

    A file keeps its text, its undo steps and its cursor while another one is in front.

    Signals:
        file_chosen(str): show this file.
        edited(): the text in front is another one.
        save_requested(), run_requested(): save; save and look up again.
        action_chosen(str): the id of a button of the strip.
        shown(): the tab has come to the front.
    """

    file_chosen = Signal(str)
    edited = Signal()
    save_requested = Signal()
    run_requested = Signal()
    action_chosen = Signal(str)
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sourceView")
        self._pages: dict[str, _Page] = {}
        self._front = ""
        self._labels: dict[str, str] = {}
        self._scheme = theme.current()
        self._files = QComboBox()
        self._files.setObjectName("sourceFileCombo")
        self._files.setAccessibleName("File of the connector")
        self._files.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._files.setMinimumContentsLength(10)
        self._files.activated.connect(self._on_file_activated)
        self._unsaved = label("", "warning")
        self._unsaved.setObjectName("sourceUnsavedLabel")
        self._save = QPushButton("Save")
        self._save.setObjectName("saveSourceButton")
        self._save.setAccessibleName("Save this file")
        self._save.setToolTip("Ctrl+S")
        self._save.clicked.connect(self.save_requested)
        self._run = QPushButton("Save and run")
        self._run.setObjectName("runSourceButton")
        self._run.setAccessibleName("Save, and look the last number up again")
        self._run.setToolTip("Ctrl+Enter: save, and look the last number up again")
        self._run.setProperty("role", "primary")
        self._run.clicked.connect(self.run_requested)
        bar = QHBoxLayout()
        bar.addWidget(self._files, 1)
        bar.addWidget(self._unsaved)
        bar.addWidget(self._save)
        bar.addWidget(self._run)
        self._editor = SourceEditor()
        self._editor.setObjectName("sourceEditor")
        self._editor.setAccessibleName("Source text")
        self._editor.textChanged.connect(self._on_text_changed)
        self._editor.modificationChanged.connect(self._on_modification_changed)
        self._find = _ClosableFind(self._editor)
        self._find.closed.connect(self._on_find_closed)
        self._strip = _Strip()
        self._strip.action_chosen.connect(self.action_chosen)
        self._blank = self._document()
        self._list = QListWidget()
        self._list.setObjectName("sourceProblems")
        self._list.setAccessibleName("Errors and warnings")
        self._list.setWordWrap(True)
        self._list.setItemDelegate(_TopIcons(self._list))
        self._list.setIconSize(QSize(16, 16))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(self._on_mark_chosen)
        self._list.itemActivated.connect(self._on_mark_chosen)
        self._list.hide()
        self._result = label("", "muted", wraps=True)
        self._result.setObjectName("sourceResult")
        self._result.setAccessibleName("What saving and running came to")
        self._result.hide()
        edited = QWidget()
        edited_layout = QVBoxLayout(edited)
        edited_layout.setContentsMargins(0, 0, 0, 0)
        edited_layout.addLayout(bar)
        edited_layout.addWidget(self._find)
        edited_layout.addWidget(self._strip)
        edited_layout.addWidget(self._editor, 1)
        edited_layout.addWidget(self._list)
        edited_layout.addWidget(self._result)
        self._empty = QLabel()
        self._empty.setObjectName("sourceEmpty")
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        self._empty.setMargin(40)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sides = QStackedWidget()
        self._sides.addWidget(self._empty)
        self._sides.addWidget(edited)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self._sides)
        self.show_nothing("No connector is open.")

    def show_nothing(self, sentence: str) -> None:
        """Say why there is nothing to edit; texts in hand stay in hand."""
        self._leave()
        self._front = ""
        # The editor must not hold a document that may be let go.
        self._editor.edit(self._blank, locked=True)
        self._labels = {}
        self._files.clear()
        self._empty.setText(sentence)
        self._sides.setCurrentIndex(0)

    def show_files(self, files: Sequence[tuple[str, str]]) -> None:
        """Offer (id, label) pairs; :meth:`show_text` or :meth:`bring` puts one in front."""
        self._labels = dict(files)
        self._files.clear()
        for name, words in files:
            self._files.addItem(words, name)
        self._mark_files()
        self._sides.setCurrentIndex(1)

    def holds(self, name: str) -> bool:
        """Tell whether the text of a file is in hand."""
        return name in self._pages

    def show_text(self, name: str, text: str, *, json: bool, locked: bool) -> None:
        """Put the text of a file in front, as it is on disk."""
        self._leave()
        document = self._document()
        colored = json and len(text) <= MOST_COLORED
        highlighter = SourceHighlighter(document) if colored else None
        document.setPlainText(text)
        document.setModified(False)
        before = self._pages.get(name)
        self._pages[name] = _Page(document, locked, highlighter)
        self._enter(name)
        if before is not None:
            before.document.deleteLater()

    def bring(self, name: str) -> None:
        """Put a file that is in hand in front."""
        if name != self._front:
            self._leave()
            self._enter(name)

    def replace_text(self, name: str, text: str, *, locked: bool) -> None:
        """Take over what is on disk now; one step back brings what was there before."""
        page = self._pages[name]
        cursor = QTextCursor(page.document)
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        at = self._editor.textCursor().position() if name == self._front else page.position
        scrolled = self._editor.verticalScrollBar().value()
        cursor.insertText(text)
        cursor.endEditBlock()
        page.document.setModified(False)
        page.locked = locked
        page.position = min(at, page.document.characterCount() - 1)
        if name == self._front:
            page.scrolled = scrolled
            self._enter(name)

    def text_of(self, name: str) -> str:
        """Return the text of a file that is in hand, each line ended by a line feed."""
        # toPlainText() would turn a no-break space into a space.
        return self._pages[name].document.toRawText().replace("\u2029", "\n")

    def revision(self, name: str) -> int:
        """Return a number that is another one after each edit."""
        return self._pages[name].document.revision()

    def is_unsaved(self, name: str) -> bool:
        """Tell whether a file was edited since it was read or saved."""
        return name in self._pages and self._pages[name].document.isModified()

    def unsaved(self) -> list[str]:
        """Return the files that were edited since they were read or saved."""
        return [name for name, page in self._pages.items() if page.document.isModified()]

    def show_saved(self, name: str) -> None:
        """Take the text of a file for the one on disk."""
        self._pages[name].document.setModified(False)
        self._show_unsaved()

    def forget(self, name: str) -> None:
        """Let go of a file that is not in front."""
        if name != self._front and name in self._pages:
            self._pages.pop(name).document.deleteLater()

    @property
    def front(self) -> str:
        """The file in front, empty when there is none."""
        return self._front

    def show_refusal(self, name: str, sentence: str) -> None:
        """Say in place of a file's text why it is not shown."""
        self.show_text(name, "", json=False, locked=True)
        self._editor.setPlaceholderText(sentence)

    def show_marks(self, name: str, marks: Sequence[SourceMark]) -> None:
        """Show what is wrong with a file, in place of what was said before."""
        if name not in self._pages:
            return
        self._pages[name].marks = list(marks)
        if name == self._front:
            self._show_marks()

    def show_strip(
        self, sentence: str, tone: str = "warning", actions: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Say something over the text, with buttons (id, words); nothing takes the strip away."""
        self._strip.show_sentence(sentence, tone, actions)

    def show_result(self, sentence: str) -> None:
        """Say under the text what saving and running came to."""
        self._result.setText(sentence)
        self._result.setVisible(bool(sentence))

    def show_busy(self, busy: bool) -> None:
        """Take no second order while one is carried out."""
        self._run.setEnabled(not busy)
        self._show_unsaved()

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the cursor at a place of the file in front."""
        self._editor.go_to(line, max(1, column))
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def next_problem(self) -> None:
        """Go to the next error or warning after the cursor, from the top again after the last."""
        self._step(1)

    @Slot()
    def previous_problem(self) -> None:
        """Go to the error or warning before the cursor, from the end again before the first."""
        self._step(-1)

    @Slot()
    def focus_find(self) -> None:
        """Open the find field and put the cursor into it."""
        if self._sides.currentIndex() == 1:
            self._find.show()
            self._find.start(self._editor.textCursor().selectedText())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the list anew."""
        super().resizeEvent(event)
        self._fit_list()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that the tab is seen."""
        super().showEvent(event)
        self.shown.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Colour everything anew in another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._scheme != theme.current():
            self._scheme = theme.current()
            for page in self._pages.values():
                if page.highlighter is not None:
                    page.highlighter.rehighlight()
            self._show_marks()

    def _leave(self) -> None:
        page = self._pages.get(self._front)
        if page is not None:
            page.position = self._editor.textCursor().position()
            page.scrolled = self._editor.verticalScrollBar().value()

    def _enter(self, name: str) -> None:
        page = self._pages[name]
        self._front = name
        self._editor.setPlaceholderText("")
        self._editor.edit(page.document, locked=page.locked)
        cursor = self._editor.textCursor()
        cursor.setPosition(min(page.position, page.document.characterCount() - 1))
        self._editor.setTextCursor(cursor)
        self._editor.verticalScrollBar().setValue(page.scrolled)
        self._files.setCurrentIndex(self._files.findData(name))
        self._show_marks()
        self._show_unsaved()
        self._find.look_again()

    def _document(self) -> QTextDocument:
        document = QTextDocument(self)
        document.setDocumentLayout(QPlainTextDocumentLayout(document))
        document.setDefaultFont(mono_font())
        return document

    def _show_marks(self) -> None:
        page = self._pages.get(self._front)
        marks = page.marks[:MOST_MARKS] if page is not None else []
        self._editor.show_marks(marks)
        self._list.clear()
        for mark in marks:
            icon, color = _SEVERITY[mark.severity]
            place = f"Line {mark.line}: " if mark.line else ""
            item = QListWidgetItem(icons.icon(icon, color), f"{place}{shortened(mark.text)}")
            item.setToolTip(mark.text)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{mark.severity}, {item.text()}")
            item.setData(_MARK, mark)
            self._list.addItem(item)
        if page is not None and len(page.marks) > MOST_MARKS:
            self._list.addItem(f"… and {len(page.marks) - MOST_MARKS:,} more")
        self._list.setVisible(bool(marks))
        self._fit_list()

    def _fit_list(self) -> None:
        """Give the list the height of its rows, and no more than it may take from the text."""
        rows = range(min(self._list.count(), 8))
        height = sum(self._list.sizeHintForRow(row) for row in rows) + 8
        self._list.setFixedHeight(min(LIST_HEIGHT, height))

    def _step(self, step: int) -> None:
        page = self._pages.get(self._front)
        shown = page.marks[:MOST_MARKS] if page is not None else []
        marks = [(self._editor.line_of(mark), mark) for mark in shown if mark.line]
        if not marks:
            return
        here = self._editor.textCursor().blockNumber() + 1
        if step > 0:
            after = [mark for line, mark in marks if line > here]
            chosen = after[0] if after else marks[0][1]
        else:
            before = [mark for line, mark in marks if line < here]
            chosen = before[-1] if before else marks[-1][1]
        self._go_to_mark(chosen)

    def _go_to_mark(self, mark: SourceMark) -> None:
        self._editor.go_to_mark(mark)
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        for row in range(self._list.count()):
            if self._list.item(row).data(_MARK) is mark:
                self._list.setCurrentRow(row)

    def _show_unsaved(self) -> None:
        unsaved = self.is_unsaved(self._front)
        locked = bool(self._front) and self._pages[self._front].locked
        self._unsaved.setText("Read-only" if locked else "Unsaved" if unsaved else "")
        self._save.setEnabled(unsaved)
        self._mark_files()

    def _mark_files(self) -> None:
        for index in range(self._files.count()):
            name = str(self._files.itemData(index))
            mark = " •" if self.is_unsaved(name) else ""
            self._files.setItemText(index, f"{self._labels[name]}{mark}")

    @Slot(int)
    def _on_file_activated(self, index: int) -> None:
        self.file_chosen.emit(str(self._files.itemData(index)))

    @Slot(QListWidgetItem)
    def _on_mark_chosen(self, item: QListWidgetItem) -> None:
        mark = item.data(_MARK)
        if isinstance(mark, SourceMark):
            self._go_to_mark(mark)

    @Slot()
    def _on_text_changed(self) -> None:
        self.edited.emit()

    @Slot()
    def _on_modification_changed(self) -> None:
        self._show_unsaved()

    @Slot()
    def _on_find_closed(self) -> None:
        self._find.hide()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)


def shortened(text: str) -> str:
    """Return a sentence as a row of the list has it; the tool tip has all of it."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN].rstrip(' ,')} …"


class _TopIcons(QStyledItemDelegate):
    """Draws the icon beside the first line of a wrapped text."""

    def initStyleOption(  # noqa: N802  Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Put the icon at the top."""
        super().initStyleOption(option, index)
        option.decorationAlignment = Qt.AlignmentFlag.AlignTop


class _ClosableFind(FindBar):
    """A find bar that Esc closes.

    Signals:
        closed(): the user is done with it.
    """

    closed = Signal()

    def __init__(self, editor: SourceEditor) -> None:
        super().__init__(editor, "source")
        close = QToolButton()
        close.setObjectName("sourceFindClose")
        close.setAccessibleName("Close the find field")
        close.setToolTip("Esc")
        icons.keep_tinted(close, "close")
        close.clicked.connect(self.closed)
        bar = self.layout()
        if bar is not None:
            bar.addWidget(close)
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class _Strip(QFrame):
    """One sentence over the text, with what can be done about it.

    Signals:
        action_chosen(str): the id of the button.
    """

    action_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sourceStrip")
        self._text = QLabel()
        self._text.setObjectName("sourceStripText")
        self._text.setWordWrap(True)
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 6, 6, 6)
        self._row.addWidget(self._text, 1)
        self.hide()

    def show_sentence(self, sentence: str, tone: str, actions: Sequence[tuple[str, str]]) -> None:
        """Show the sentence and its buttons; an empty one hides the strip."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        self._text.setText(sentence)
        restyle(self, "tone", tone)
        for name, words in actions:
            button = QPushButton(words)
            button.setObjectName(f"{name}SourceButton")
            button.setAccessibleName(words)
            button.clicked.connect(lambda _checked=False, name=name: self.action_chosen.emit(name))
            self._row.addWidget(button)
            self._buttons.append(button)
        self.setVisible(bool(sentence))
