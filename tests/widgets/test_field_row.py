"""Label, control, problem."""

from PySide6.QtWidgets import QLineEdit

from widgets.field_row import FieldRow


def test_required_and_problem_are_spoken(qtbot):
    row = FieldRow("Name", QLineEdit())
    qtbot.addWidget(row)
    row.set_title("Name", required=True)
    assert row.control.accessibleName() == "Name, required"
    row.show_problem("Enter a name.")
    assert row.problem == "Enter a name."
    assert row.control.accessibleDescription() == "Enter a name."
    row.show_problem("")
    assert row.problem == ""
