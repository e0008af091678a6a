"""The Contacts tab: what a run brought, in its order."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QTableWidget

from widgets import theme
from widgets.contacts_view import COLUMNS, EMPTY, ContactsView
from widgets.inspector_state import ContactRow, ContactsState


def contact(place=1, **changed):
    values = {
        "place": place,
        "name": "Ada",
        "type": "lead",
        "id": "7",
        "phone": "+14155550132",
        "company": "Analytical",
        "email": "ada@example.com",
        "created": "2025-01-01",
        "info_keys": "deals",
        "is_new": False,
    }
    return ContactRow(**values | changed)


@pytest.fixture
def view(qtbot):
    view = ContactsView()
    qtbot.addWidget(view)
    view.resize(960, 400)
    view.show()
    return view


def table(view):
    return view.findChild(QTableWidget, "contactsTable")


def sentence(view):
    return view.findChild(QLabel, "contactsSentence").text()


def texts(view, row=0):
    return {name: table(view).item(row, at).text() for at, name in enumerate(COLUMNS)}


def test_an_empty_tab_says_what_to_do(view):
    assert sentence(view) == EMPTY
    assert not table(view).isVisible()


def test_each_field_has_its_column(view):
    view.show_contacts(ContactsState("1 contact.", (contact(),)))
    assert sentence(view) == "1 contact."
    assert texts(view) == {
        "#": "1",
        "Name": "Ada",
        "Type": "lead",
        "Id": "7",
        "Phone": "+14155550132",
        "Company": "Analytical",
        "Email": "ada@example.com",
        "Created": "2025-01-01",
        "New": "",
        "Additional info": "deals",
        "Seen by": "both",
    }


def test_the_entry_for_a_new_contact_is_marked(view):
    view.show_contacts(ContactsState("", (contact(), contact(2, is_new=True))))
    assert [texts(view, row)["New"] for row in (0, 1)] == ["", "yes"]


def test_who_sees_a_contact_is_shown_only_when_that_differs(view):
    place = COLUMNS.index("Seen by")
    view.show_contacts(ContactsState("", (contact(),)))
    assert table(view).isColumnHidden(place)
    view.show_contacts(ContactsState("", (contact(seen="connector"),), differs=True))
    assert not table(view).isColumnHidden(place)
    assert texts(view)["Seen by"] == "connector only"


def test_a_run_without_contacts_still_says_so(view):
    view.show_contacts(ContactsState("No contact.", ()))
    assert sentence(view) == "No contact."
    assert not table(view).isVisible()


def test_a_long_text_does_not_push_the_others_away(view):
    view.show_contacts(ContactsState("", (contact(name="x" * 5000),)))
    assert table(view).columnWidth(1) < view.width() / 2
    assert table(view).item(0, 1).toolTip() == "x" * 5000


def test_markup_in_a_name_stays_text(view):
    view.show_contacts(ContactsState("<b>1</b> contact", (contact(name="<b>Ada</b>"),)))
    assert texts(view)["Name"] == "<b>Ada</b>"
    assert view.findChild(QLabel, "contactsSentence").textFormat().name == "PlainText"


def test_the_rows_follow_a_change_of_the_theme(qapp, view):
    view.show_contacts(ContactsState("", (contact(is_new=True),)))
    for scheme in ("dark", "light"):
        theme.apply(QApplication.instance(), scheme)
        assert table(view).item(0, 1).foreground().color().name() == theme.colors(scheme)["muted"]
