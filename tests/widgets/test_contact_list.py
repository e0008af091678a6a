"""A list to choose a contact from."""

from widgets.contact_list import ContactList
from widgets.page_state import SearchResult
from widgets.two_line_delegate import SUB_LABEL_ROLE


def test_entries_show_type_id_and_phone(qtbot):
    shown = ContactList("Results")
    qtbot.addWidget(shown)
    shown.show_contacts([SearchResult("k", "Anna", "Lead - 7", "+1 510")])
    assert shown.chosen_key() == ""
    shown.setCurrentRow(0)
    assert shown.chosen_key() == "k"
    assert shown.item(0).data(SUB_LABEL_ROLE) == "Lead - 7 · +1 510"
