"""What is read from an answer, with and without paths."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.errors import UnexpectedResponseError
from connectors.proxy.config import (
    ContactMapping,
    IdMapping,
    ItemMapping,
    ListMapping,
    LogMapping,
    UserMapping,
)
from connectors.proxy.mapping import call_log, contacts, created_contact, log_id, user_info

BARE = {"name": "", "type": "Contact", "title": "", "company": "", "additionalInfo": None}


@pytest.mark.parametrize(
    ("row", "contact"),
    [
        ({"id": 7}, {"id": 7} | BARE),
        ({"id": "7", "name": "Ada", "phone": ""}, {"id": "7"} | BARE | {"name": "Ada"}),
        ({}, BARE),
        (None, BARE),
        ("text", BARE),
        (
            {"id": 0, "type": "Lead", "title": "Dr", "company": "C", "createdDate": 5,
             "mostRecentActivityDate": "x", "additionalInfo": {"a": []}, "email": "no",
             "isNewContact": True},
            {"id": 0, "name": "", "type": "Lead", "title": "Dr", "company": "C", "createdDate": 5,
             "mostRecentActivityDate": "x", "additionalInfo": {"a": []}},
        ),
    ],
)  # fmt: skip
def test_a_contact_by_the_default_paths(row, contact):
    assert contacts([row], ListMapping(), "x") == [contact]


def test_a_contact_by_paths_of_its_own():
    mapping = ListMapping(
        list_path="body.data.rows",
        item=ItemMapping(id_path="key", name_path="names.0", phone_path="", type_path="$"),
    )
    body = {"data": {"rows": [{"key": 1, "names": ["Ada"], "phone": "5"}]}}
    assert contacts(body, mapping, "x") == [
        {"id": 1} | BARE | {"name": "Ada", "phone": "5", "type": body["data"]["rows"][0]}
    ]


@pytest.mark.parametrize("body", [None, "", 0, False, []])
def test_nothing_is_an_empty_list(body):
    assert contacts(body, ListMapping(), "x") == []


def test_without_a_mapping_nobody_is_read():
    assert contacts([{"id": 1}], None, "x") == []


@pytest.mark.parametrize(("body", "said"), [({"a": 1}, "an object"), ("<html>", "'<html>'")])
def test_what_is_no_list_is_named(body, said):
    with pytest.raises(UnexpectedResponseError, match=f"Searching failed: .*{said}.* at body"):
        contacts(body, ListMapping(), "Searching")


def test_a_created_contact_needs_a_path_of_its_id():
    body = {"id": 7, "name": "Ada"}
    assert created_contact(body, None) is None
    assert created_contact(body, ContactMapping(id_path="")) is None
    assert created_contact(body, ContactMapping(id_path="body.id")) == {
        "id": 7,
        "name": "Ada",
        "type": "Contact",
    }
    assert created_contact("", ContactMapping(id_path="body.id")) == {"type": "Contact"}


@pytest.mark.parametrize(
    ("body", "mapping", "made"),
    [
        ({"id": 7}, IdMapping(), "7"),
        ({"id": 7.5}, IdMapping(), "7.5"),
        ({"id": 0}, IdMapping(), None),
        ({"data": {"key": "a"}}, IdMapping(id_path="body.data.key"), "a"),
        ({"id": 7}, None, None),
        ("created", IdMapping(), None),
    ],
)
def test_the_id_of_a_log_is_text(body, mapping, made):
    assert log_id(body, mapping) == made


def test_a_call_log():
    body = {"subject": "S", "note": "N", "text": "T"}
    assert call_log(body, None) == {
        "subject": "S",
        "note": "N",
        "fullBody": "N",
        "fullLogResponse": body,
    }
    assert call_log(body, LogMapping(full_body_path="body.text"))["fullBody"] == "T"
    assert call_log({}, None) == {"fullLogResponse": {}}


def test_who_is_connected():
    mapping = UserMapping(
        id_path="body.user.id",
        name_path="body.user.name",
        timezone_name_path="body.zone",
        overriding_api_key_path="body.token",
        platform_additional_info_paths={"org": "body.org", "host": "hostname"},
        message_path="body.hello",
    )
    body = {"user": {"id": 7, "name": "Ada"}, "token": "new", "org": 5}
    inputs = {"additionalInfo": {"password": "pw", "url": "u"}, "hostname": "h"}
    assert user_info(body, mapping, inputs, "crm") == (
        {
            "id": "7-crm",
            "name": "Ada",
            "overridingApiKey": "new",
            "platformAdditionalInfo": {"url": "u", "org": 5, "host": "h"},
        },
        "Connected to crm.",
    )
    assert inputs["additionalInfo"]["password"] == "pw"
    assert user_info({"hello": "Hi"}, mapping, {}, "crm")[1] == "Hi"


def test_without_a_mapping_all_users_have_one_id():
    assert user_info({"id": 7}, None, {}, "crm") == ({"id": "undefined-crm"}, "Connected to crm.")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "body"]), inner, max_size=3)
    ),
    max_leaves=8,
)
PATHS = st.text(alphabet="body.id0$ ")


@given(JSON, PATHS)
def test_any_answer_is_read_or_refused_in_a_sentence(body, path):
    item = ItemMapping(id_path=path, name_path=path, additional_info_path=path)
    with contextlib.suppress(UnexpectedResponseError):
        contacts(body, ListMapping(list_path=path, item=item), "x")
    created_contact(body, ContactMapping(id_path=path))
    log_id(body, IdMapping(id_path=path))
    call_log(body, LogMapping(subject_path=path))
    user_info(body, UserMapping(id_path=path, message_path=path), {}, "crm")
