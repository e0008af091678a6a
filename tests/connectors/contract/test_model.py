from __future__ import annotations

import msgspec
import pytest
from msgspec import UNSET

from connectors.contract import model
from connectors.contract.model import from_wire, to_wire

CALL = model.CallLog(session_id="s", from_=model.CallParty(phone_number="+1"), start_time=5)
VALUES = [
    model.ReturnMessage(message="Saved", details=(model.Detail(title="T", items=()),)),
    model.User(id="1-x", platform_additional_info={"a": [1]}, user_settings={}),
    model.Contact(id=7, name="Anna", phone=None, additional_info={"x": [{"const": 1}]}),
    CALL,
    model.FindContactInput(phone_number="+1", overriding_format="##,(#)"),
    model.CreateContactInput(new_contact_name="Anna", additional_submission={"a": 1}),
    model.CreateCallLogInput(contact_info=model.CallContact(id="1"), call_log=CALL, note=None),
    model.GetCallLogInput(call_log_id=12),
    model.UpdateCallLogInput(existing_call_log=model.ExistingCallLog(third_party_log_id=3)),
    model.GetUserInfoResult(successful=True, platform_user_info=model.UserInfo(id=1)),
    model.FindContactResult(successful=True, matched_contact_info=()),
    model.CreateContactResult(contact_info=None),
    model.GetCallLogResult(call_log_info=model.CallLogInfo(subject="s", full_body=None)),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_shapes_survive_the_wire(value):
    assert from_wire(to_wire(value), type(value)) == value


def test_unset_leaves_a_key_out_and_none_sends_null():
    assert to_wire(model.Contact(id=1, name="A")) == {"id": 1, "name": "A"}
    assert to_wire(model.Contact(id=1, name="A", phone=None))["phone"] is None
    assert from_wire({"id": 1, "name": "A"}, model.Contact).phone is UNSET
    assert from_wire({"id": 1, "name": "A", "phone": None}, model.Contact).phone is None


def test_a_message_has_details_only_when_it_was_given_some():
    assert to_wire(model.ReturnMessage(message="x")) == {
        "message": "x",
        "messageType": "success",
        "ttl": 3000,
    }


def test_inputs_send_every_key():
    wire = to_wire(model.FindContactInput())
    assert wire["isExtension"] == "false"
    assert wire["isForceRefreshAccountData"] is False
    assert wire["proxyConfig"] is None


def test_two_names_are_productions_own():
    wire = to_wire(VALUES[6])
    assert "isFromSSCL" in wire
    assert wire["callLog"]["from"]["phoneNumber"] == "+1"


@pytest.mark.parametrize(
    ("text", "formats"),
    [(None, ()), ("", ()), ("##", ("##",)), ("##,(#) #", ("##", "(#) #")), (",", ("", ""))],
)
def test_formats_are_joined_by_commas(text, formats):
    assert model.FindContactInput(overriding_format=text).formats == formats


@pytest.mark.parametrize(
    ("value", "extension"), [("true", True), (True, True), ("false", False), (False, False)]
)
def test_the_extension_flag_is_a_text_in_production(value, extension):
    assert model.FindContactInput(is_extension=value).extension is extension


def test_a_setting_that_is_unset_gives_its_default():
    user = model.User(user_settings={"a": {"value": 0}, "b": {"value": None}, "c": "odd"})
    assert [user.setting(key, "d") for key in ("a", "b", "c", "none")] == [0, "d", "d", "d"]
    assert model.User().setting("a") is None
    assert model.User(platform_additional_info={"k": 1}).info("k") == 1
    assert model.User().info("k", 2) == 2


def test_the_last_entry_of_a_list_offers_a_new_contact():
    assert to_wire(model.new_contact_entry({"tags": []}, "Lead")) == {
        "id": "createNewContact",
        "name": "Create new contact...",
        "additionalInfo": {"tags": []},
        "isNewContact": True,
        "defaultContactType": "Lead",
    }


def test_a_wrong_shape_names_the_key():
    with pytest.raises(msgspec.ValidationError, match="matchedContactInfo"):
        from_wire({"successful": True, "matchedContactInfo": [{"id": 1}]}, model.FindContactResult)
