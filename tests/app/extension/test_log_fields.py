from __future__ import annotations

import pytest

from app.extension.log_fields import (
    Choice,
    first_value,
    is_shown,
    options_of,
    problem_of,
    setting_value,
    submitted,
    with_value,
)
from connectors.contract.manifest import Field, Option
from connectors.contract.model import Contact, User, new_contact_entry

DEALS = [{"const": 7, "title": "Big deal"}, {"const": "8", "title": "Small deal"}]


def choice(info=None, new_type=""):
    return Choice(Contact(id=1, name="Ada", additional_info=info), new_type)


def test_a_selection_needs_the_contacts_list_or_static_options():
    field = Field(const="deals")
    assert is_shown(field, choice({"deals": DEALS}))
    assert is_shown(field, choice({"deals": []}))
    assert not is_shown(field, choice({}))
    assert not is_shown(field, choice())
    assert not is_shown(field, Choice(None))
    assert is_shown(Field(const="x", options=(Option(const="a"),)), choice())


def test_options_are_texts_and_broken_entries_are_left_out():
    field = Field(const="deals")
    listed = [*DEALS, None, {"title": "no const"}, "plain"]
    assert options_of(field, choice({"deals": listed})) == (
        ("7", "Big deal"),
        ("8", "Small deal"),
        ("plain", "plain"),
    )
    assert options_of(field, choice({"deals": "nonsense"})) == ()


def test_none_is_offered_only_when_the_manifest_says_so():
    field = Field(const="deals", include_none_option=True)
    assert options_of(field, choice({"deals": DEALS}))[-1] == ("none", "None")
    assert first_value(field, options_of(field, choice({"deals": []})), None) == "none"


def test_a_new_contacts_options_follow_its_type():
    field = Field(const="status", contact_type_dependent=True)
    entry = new_contact_entry({"Lead": {"status": DEALS}, "Contact": "nonsense"})
    assert options_of(field, Choice(entry, "Lead"))[0] == ("7", "Big deal")
    assert options_of(field, Choice(entry, "Contact")) is None
    assert options_of(field, Choice(entry, "")) is None
    assert options_of(field, Choice(new_contact_entry(), "Lead")) is None


def test_checkboxes_need_a_value_and_input_fields_hide_behind_one():
    box = Field(const="c", type="checkbox")
    assert is_shown(box, choice({"c": None}))
    assert not is_shown(box, choice({}))
    text = Field(const="t", type="inputField")
    assert is_shown(text, choice())
    assert is_shown(text, choice({"t": ""}))
    assert not is_shown(text, choice({"t": "given"}))
    assert is_shown(Field(const="w", type="warning"), choice())


@pytest.mark.parametrize(
    ("field", "disposition", "expected"),
    [
        (Field(const="s"), None, "7"),
        (Field(const="s"), 9, "9"),
        (Field(const="c", type="checkbox"), None, False),
        (Field(const="c", type="checkbox", default_value=True), None, True),
        (Field(const="c", type="checkbox", default_value=True), False, False),
        (Field(const="t", type="inputField"), None, ""),
        (Field(const="t", type="inputField", default_value=5), None, "5"),
        (Field(const="t", type="inputField", default_value="x"), "y", "y"),
        (Field(const="w", type="warning"), None, ""),
    ],
)
def test_a_field_starts_with_its_disposition_else_its_default(field, disposition, expected):
    assert first_value(field, (("7", "Big deal"),), disposition) == expected


def test_an_unknown_value_becomes_an_option():
    assert with_value((("7", "Big"),), "9") == (("7", "Big"), ("9", "9"))
    assert with_value((("7", "Big"),), "7") == (("7", "Big"),)
    assert with_value((), "") == ()


def test_problems_name_the_field():
    needed = Field(const="s", title="Status", required=True)
    assert problem_of(needed, (("a", "A"),), "") == "Status is required."
    assert problem_of(needed, (("a", "A"),), "none") == ""
    assert problem_of(needed, (), "") == ""
    assert problem_of(Field(const="c", type="checkbox", required=True), (), False) == ""
    digits = Field(const="t", title="Code", type="inputField", pattern="^[0-9]+$")
    assert problem_of(digits, (), "x1") == "Wrong format: Code"
    assert problem_of(digits, (), "11") == problem_of(digits, (), "") == ""
    broken = Field(const="t", type="inputField", pattern="[")
    assert problem_of(broken, (), "x") == ""


def test_empty_values_none_and_warnings_are_not_sent():
    field = Field(const="s")
    assert submitted(field, "7")
    assert not submitted(field, "")
    assert not submitted(field, "none")
    assert not submitted(Field(const="w", type="warning"), "x")


def test_a_default_comes_from_the_setting_of_the_case():
    field = Field(const="s", default_setting_values={"inboundCall": {"settingId": "x"}})
    user = User(user_settings={"x": {"value": "7"}})
    assert setting_value(field, "inboundCall", user) == "7"
    assert setting_value(field, "outboundCall", user) is None
    assert setting_value(field, "inboundCall", None) is None
