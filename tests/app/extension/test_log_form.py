from __future__ import annotations

import pytest

from app.extension.calls import Call
from app.extension.log_form import (
    MANY_CONTACTS,
    NO_CONTACT,
    ExistingLog,
    LogForm,
    LogSubmission,
    NewContact,
)
from connectors.contract.manifest import ContactType, Field, FieldGroup, Manifest, Option, Page
from connectors.contract.model import Contact, User, new_contact_entry

NUMBER = "+14155550100"
AT = 1_000_000.0
INBOUND = Call("s1", "t1", "inbound", NUMBER, AT).answered(AT + 5).ended(AT + 70)
OUTBOUND = Call("s2", "t2", "outbound", NUMBER, AT).answered(AT + 5).ended(AT + 70)
ADA = Contact(id=1, name="Ada", type="contact")
LEAD = Contact(id=1, name="Ada L.", type="lead")
BARE = Contact(id="x9", name="Bare")
NEW = new_contact_entry()
TYPES = (ContactType(value="lead", display="Lead"), ContactType(value="contact"))


def manifest(*fields, new_fields=(), search=False, types=TYPES, name="insightly"):
    page = Page(
        use_contact_search=search,
        call_log=FieldGroup(additional_fields=fields),
        new_contact=FieldGroup(additional_fields=new_fields),
    )
    return Manifest(name=name, display_name="Insightly", contact_types=types, page=page)


def form(contacts, *fields, call=INBOUND, existing=None, dialled_id=None, user=None, **kwargs):
    return LogForm(
        manifest(*fields, **kwargs),
        contacts,
        call,
        now=AT,
        existing=existing,
        dialled_id=dialled_id,
        user=user,
    )


def with_info(contact_id, **info):
    return Contact(id=contact_id, name=f"C{contact_id}", type="contact", additional_info=info)


def options(*keys):
    return [{"const": key, "title": key.upper()} for key in keys]


def field_of(page, const):
    return next((field for field in page.state().fields if field.const == const), None)


class TestDropDown:
    def test_entries_keep_their_order_and_the_search_comes_last(self):
        state = form([LEAD, ADA, BARE, NEW], search=True).state()
        assert [(one.key, one.name, one.sub_label) for one in state.contacts] == [
            ("lead:1", "Ada L.", "lead - 1"),
            ("contact:1", "Ada", "contact - 1"),
            (":x9", "Bare", ""),
            ("createNewContact", "Create new contact...", ""),
            ("searchContact", "Search contacts", ""),
        ]
        assert state.selected == "lead:1"

    def test_the_dialled_contact_is_selected_whatever_the_kind_of_its_id(self):
        other = Contact(id=2, name="Grace", type="contact")
        assert form([ADA, other], dialled_id="2").state().selected == "contact:2"

    def test_the_same_contact_listed_twice_has_two_keys(self):
        assert [one.key for one in form([ADA, ADA]).state().contacts] == [
            "contact:1",
            "contact:1#2",
        ]

    def test_an_empty_list_leaves_the_form_usable(self):
        page = form([])
        assert page.state().selected == ""
        assert page.problems() == (("contact", "Choose a contact."),)
        assert form([], search=True).state().selected == "searchContact"

    def test_an_unknown_entry_cannot_be_chosen(self):
        with pytest.raises(KeyError):
            form([ADA]).select_contact("lead:99")


class TestBanner:
    @pytest.mark.parametrize(
        ("contacts", "search", "banner"),
        [
            ([ADA, LEAD, NEW], False, MANY_CONTACTS),
            ([ADA, LEAD], True, MANY_CONTACTS),
            ([ADA, LEAD, NEW], True, MANY_CONTACTS),
            ([ADA, NEW], True, ""),
            ([ADA, LEAD], False, ""),
            ([NEW], False, NO_CONTACT),
            ([NEW], True, ""),
            ([ADA], False, ""),
            ([], True, ""),
        ],
    )
    def test_the_table(self, contacts, search, banner):
        assert form(contacts, search=search).state().banner == banner

    def test_an_edited_log_has_none(self):
        page = form([ADA, LEAD, NEW], existing=ExistingLog(contact_id=1))
        assert page.state().banner == ""


class TestNewContact:
    def test_its_fields_are_visible_only_while_it_is_selected(self):
        page = form([ADA, NEW])
        assert not page.state().shows_new_contact
        page.select_contact("createNewContact")
        state = page.state()
        assert state.shows_new_contact
        assert state.new_types == (("lead", "Lead"), ("contact", "contact"))

    def test_without_contact_types_there_is_no_type_to_choose(self):
        page = form([NEW], types=())
        assert page.state().new_types == ()
        page.select_contact("createNewContact")
        assert page.state().new_type == ""

    def test_the_name_is_required_at_first_only_when_it_is_the_only_entry(self):
        assert form([NEW]).state().new_name_required
        page = form([NEW], search=True)
        assert not page.state().new_name_required
        assert page.problems() == ()
        page.select_contact("createNewContact")
        assert page.problems() == (("newContactName", "Enter a name for the new contact."),)

    def test_the_type_is_empty_at_first_and_the_first_one_after_switching(self):
        assert form([NEW]).submission().new_contact == NewContact("", "")
        page = form([ADA, NEW])
        page.select_contact("createNewContact")
        assert page.state().new_type == "lead"

    def test_the_connector_may_name_the_first_type(self):
        assert form([new_contact_entry(default_contact_type="Lead")]).state().new_type == "Lead"


class TestTitle:
    def test_the_first_one_has_a_capital_c(self):
        assert form([ADA]).state().title == "Inbound Call from Ada"
        assert form([ADA], call=OUTBOUND).state().title == "Outbound Call to Ada"
        assert form([NEW]).state().title == "Inbound Call from Create new contact..."

    def test_a_change_of_contact_makes_it_small(self):
        page = form([ADA, LEAD], call=OUTBOUND, search=True)
        page.select_contact("lead:1")
        assert page.state().title == "Outbound call to Ada L."
        page.select_contact("searchContact")
        assert page.state().title == "Outbound call to Search contacts"

    def test_it_follows_the_new_contacts_name(self):
        page = form([ADA, NEW])
        page.select_contact("createNewContact")
        assert page.state().title == "Inbound call from "
        page.set_new_name("Grace")
        assert page.state().title == "Inbound call from Grace"

    def test_what_is_typed_by_hand_stays(self):
        page = form([ADA, LEAD, NEW])
        page.edit_title("Mine")
        page.select_contact("createNewContact")
        page.set_new_name("Grace")
        assert page.state().title == page.submission().title == "Mine"


class TestFields:
    def test_dependent_fields_are_rebuilt_and_others_keep_their_value(self):
        fields = (Field(const="deal", contact_dependent=True), Field(const="category"))
        one = with_info(1, deal=options("a", "b"), category=options("x", "y"))
        two = with_info(2, deal=options("c"), category=options("x", "y"))
        page = form([one, two], *fields)
        page.set_field("deal", "b")
        page.set_field("category", "y")
        page.select_contact("contact:2")
        assert page.submission().additional_submission == {"deal": "c", "category": "y"}
        page.select_contact("contact:1")
        assert field_of(page, "deal").value == "a"

    def test_a_missing_list_removes_a_dependent_field_and_keeps_another_one(self):
        fields = (Field(const="deal", contact_dependent=True), Field(const="category"))
        page = form([with_info(1, deal=options("a"), category=options("x")), LEAD], *fields)
        page.select_contact("lead:1")
        assert field_of(page, "deal") is None
        assert field_of(page, "category").options == (("x", "X"),)

    def test_a_kept_value_that_the_next_contact_lacks_is_appended(self):
        one, two = with_info(1, c=options("x")), with_info(2, c=options("y"))
        page = form([one, two], Field(const="c"))
        page.select_contact("contact:2")
        assert field_of(page, "c").options == (("y", "Y"), ("x", "x"))
        assert field_of(page, "c").value == "x"

    def test_a_new_contact_brings_its_own_fields_by_type(self):
        entry = new_contact_entry(
            {"lead": {"status": options("a", "b")}, "contact": {"status": options("c")}}
        )
        status = Field(const="status", title="Status", required=True, contact_type_dependent=True)
        page = form([ADA, entry], new_fields=(status,))
        assert field_of(page, "status") is None
        page.select_contact("createNewContact")
        page.set_field("status", "b")
        page.set_new_type("contact")
        assert field_of(page, "status").value == "c"
        page.select_contact("contact:1")
        assert page.submission().additional_submission == {}

    def test_without_a_type_a_type_dependent_field_is_left_out(self):
        entry = new_contact_entry({"lead": {"status": options("a")}})
        status = Field(const="status", required=True, contact_type_dependent=True)
        page = form([entry], new_fields=(status,))
        assert page.state().fields == ()
        page.set_new_type("lead")
        assert field_of(page, "status").value == "a"

    def test_none_and_empty_values_are_not_sent(self):
        fields = (
            Field(const="s", include_none_option=True),
            Field(const="b", type="checkbox"),
            Field(const="t", type="inputField"),
            Field(const="w", type="warning", description="Careful"),
        )
        page = form([with_info(1, s=options("a"), b=None)], *fields)
        page.set_field("s", "none")
        assert page.submission().additional_submission == {}
        assert field_of(page, "w").description == "Careful"
        page.set_field("b", True)
        page.set_field("t", "text")
        page.set_field("not there", "x")
        assert page.submission().additional_submission == {"b": True, "t": "text"}

    def test_a_custom_value_can_be_typed(self):
        field = Field(const="s", options=(Option(const="a", title="A"),), allow_custom_value=True)
        page = form([ADA], field)
        page.set_field("s", "mine")
        state = field_of(page, "s")
        assert state.allow_custom_value
        assert state.options == (("a", "A"), ("mine", "mine"))

    def test_a_required_field_that_is_empty_and_a_wrong_format(self):
        fields = (
            Field(const="t", title="Code", type="inputField", required=True, pattern="^[0-9]+$"),
        )
        page = form([ADA], *fields)
        assert page.problems() == (("t", "Code is required."),)
        assert page.state().problems == ()
        page.show_problems()
        assert page.state().problems == (("t", "Code is required."),)
        page.set_field("t", "x")
        assert page.state().banner == "Wrong format: Code"


class TestDefaults:
    FIELD = Field(
        const="s",
        options=(Option(const="a"), Option(const="b")),
        default_setting_values={"inboundCall": {"settingId": "in"}},
        allow_custom_value=True,
    )

    @staticmethod
    def user(**values):
        return User(user_settings={key: {"value": value} for key, value in values.items()})

    def test_a_setting_that_equals_an_option_wins(self):
        user = self.user(**{"in": "b"})
        assert field_of(form([ADA], self.FIELD, user=user), "s").value == "b"
        outbound = form([ADA], self.FIELD, user=user, call=OUTBOUND)
        assert field_of(outbound, "s").value == "a"

    def test_another_value_is_appended_where_that_is_allowed(self):
        user = self.user(**{"in": "z"})
        assert field_of(form([ADA], self.FIELD, user=user), "s").options[-1] == ("z", "z")
        page = form([ADA], self.FIELD, user=user, name="bullhorn")
        assert field_of(page, "s").value == "a"
        allowed = self.user(**{"in": "z", "allowBullhornCustomNoteAction": True})
        page = form([ADA], self.FIELD, user=allowed, name="bullhorn")
        assert field_of(page, "s").value == "z"


class TestEdit:
    def test_it_shows_what_was_logged(self):
        existing = ExistingLog(
            contact_id="1",
            contact_type="lead",
            subject="Old",
            note="N",
            dispositions={"s": "z"},
        )
        page = form([ADA, LEAD], Field(const="s", options=(Option(const="a"),)), existing=existing)
        state = page.state()
        assert (state.heading, state.save_label, state.contact_locked) == (
            "Edit log",
            "Update",
            True,
        )
        assert (state.selected, state.title, state.note) == ("lead:1", "Old", "N")
        assert field_of(page, "s").options == (("a", "a"), ("z", "z"))

    def test_a_contact_that_is_no_longer_listed_is_added(self):
        existing = ExistingLog(contact_id=7, contact_name="Gone", contact_type="lead")
        page = form([ADA], existing=existing)
        assert page.state().selected == "lead:7"
        assert page.submission().contact.name == "Gone"


class TestSave:
    def test_a_real_contact(self):
        page = form([ADA, NEW])
        page.set_note("hello")
        sent = page.submission()
        assert sent == LogSubmission(ADA, None, "Inbound Call from Ada", "hello", {})
        contact = sent.call_contact(NUMBER)
        assert (contact.id, contact.phone_number, contact.type) == (1, NUMBER, "contact")

    def test_a_new_contacts_own_type_and_name_win_in_the_log(self):
        page = form([NEW])
        page.set_new_name("Grace")
        page.set_new_type("lead")
        sent = page.submission()
        assert sent.contact is None
        made = sent.call_contact(NUMBER, Contact(id=9, name="Grace H.", type="x"))
        assert (made.id, made.name, made.type) == (9, "Grace", "lead")
        with pytest.raises(ValueError, match="create the contact first"):
            sent.call_contact(NUMBER)

    def test_the_search_entry_cannot_be_saved(self):
        page = form([ADA], search=True)
        page.select_contact("searchContact")
        assert page.problems() == (("contact", "Choose a contact."),)

    def test_a_second_save_does_not_create_the_contact_again(self):
        entry = new_contact_entry({"lead": {"status": options("a")}})
        status = Field(const="status", contact_type_dependent=True)
        page = form([ADA, entry], new_fields=(status,))
        page.select_contact("createNewContact")
        page.set_new_name("Grace")
        page.set_note("kept")
        page.contact_created(Contact(id=9, name=""))
        state = page.state()
        assert [one.key for one in state.contacts] == ["contact:1", "lead:9"]
        assert state.selected == "lead:9"
        assert not state.shows_new_contact
        sent = page.submission()
        assert sent.new_contact is None
        assert (sent.contact.id, sent.contact.name, sent.contact.type) == (9, "Grace", "lead")
        assert (sent.title, sent.note) == ("Inbound call from Grace", "kept")
        assert sent.additional_submission == {"status": "a"}

    def test_a_contact_found_by_name_is_appended_and_chosen_once(self):
        page = form([ADA, NEW], search=True)
        grace = Contact(id=5, name="Grace", type="lead")
        page.add_searched_contact(grace)
        page.add_searched_contact(grace)
        state = page.state()
        assert [one.key for one in state.contacts] == [
            "contact:1",
            "createNewContact",
            "lead:5",
            "searchContact",
        ]
        assert state.selected == "lead:5"
        page.select_contact("createNewContact")
        assert page.state().shows_new_contact

    def test_busy_is_shown(self):
        page = form([ADA])
        page.set_busy(True)
        assert page.state().busy


def test_the_header_tells_the_call():
    state = form([ADA]).state()
    assert (state.heading, state.save_label) == ("Save to Insightly", "Save")
    assert (state.direction, state.missed, state.number_text) == (
        "inbound",
        False,
        "(415) 555-0100",
    )
    assert (state.result_text, state.duration_text) == ("Call connected", "01:05")


class TestAnotherManifest:
    def test_what_was_filled_in_stays_where_its_field_does(self):
        box = Field(const="box", type="inputField")
        page = form([ADA, NEW], Field(const="text", type="inputField"), box)
        page.set_field("text", "typed")
        page.set_field("box", "typed too")
        page.set_note("half a sen")
        page.edit_title("Mine")
        text = Field(const="text", type="inputField", title="Other title")
        warning = Field(const="box", type="warning")
        page.use_manifest(manifest(warning, text, Field(const="new", type="inputField")))
        state = page.state()
        assert [(field.const, field.value) for field in state.fields] == [
            ("box", ""),
            ("text", "typed"),
            ("new", ""),
        ]
        assert (state.note, state.title) == ("half a sen", "Mine")

    def test_a_type_that_is_gone_gives_way_to_the_first(self):
        page = form([NEW])
        page.select_contact("createNewContact")
        page.set_new_type("contact")
        page.use_manifest(manifest(types=(ContactType(value="account"), *TYPES)))
        assert page.state().new_type == "contact"
        page.use_manifest(manifest(types=(ContactType(value="account"),)))
        assert page.state().new_type == "account"

    def test_a_search_that_is_gone_is_not_chosen_any_more(self):
        page = form([ADA], search=True)
        page.select_contact("searchContact")
        page.use_manifest(manifest())
        assert page.state().selected == "contact:1"
