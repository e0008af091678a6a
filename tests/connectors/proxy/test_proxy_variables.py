"""The variables of the operations."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from connectors.contract.model import User
from connectors.contract.operations import OPERATIONS
from connectors.proxy.variables import (
    INPUTS,
    USER_KEYS,
    call_times,
    common_variables,
    given_only,
    parsed_phone_number,
    subject_of,
)

NOW = datetime(2026, 5, 1, 8, 0, 0, 500_000, UTC)


def test_every_operation_that_the_bench_drives_has_its_variables():
    driven = {
        name for name in OPERATIONS if not name.startswith(("getAuth", "getLogF", "getBasic"))
    }
    assert driven - {"checkAndRefreshAccessToken", "getContact"} <= set(INPUTS)


def test_the_user_is_cut_at_the_first_dash():
    user = User(id="12-34-crm", access_token="tok", hostname="h.example", timezone_offset=60)
    values = common_variables(user, {"phoneNumber": "1", "gone": None}, "Basic x", None)
    assert values["user"]["id"] == "12"
    assert set(values["user"]) == set(USER_KEYS)
    assert values["user"]["hostname"] == "h.example"
    assert (values["apiKey"], values["authHeader"]) == ("tok", "Basic x")
    assert (values["gone"], values["secretKey"]) == (UNSET, UNSET)


def test_before_there_is_a_user_the_key_is_what_was_entered():
    values = common_variables(None, {"apiKey": "typed", "hostname": "h"}, "", "s3")
    assert values["user"] == {"accessToken": "typed"}
    assert (values["apiKey"], values["secretKey"], values["authHeader"]) == ("typed", "s3", UNSET)


@pytest.mark.parametrize("text", ["+14155550132", " 14155550132"])
def test_a_number_has_all_its_spellings(text):
    assert parsed_phone_number(text) == {
        "number": {
            "input": "+14155550132",
            "international": "+1 415-555-0132",
            "national": "(415) 555-0132",
            "e164": "+14155550132",
            "rfc3966": "tel:+1-415-555-0132",
            "significant": "4155550132",
        },
        "regionCode": "US",
        "countryCode": 1,
        "possible": True,
        "valid": True,
    }


def test_a_number_that_is_not_valid_or_no_number():
    odd = parsed_phone_number("+15550001234")
    assert (odd["valid"], odd["number"]["significant"]) == (False, "5550001234")
    assert parsed_phone_number("101") == {
        "number": {"input": "101"},
        "possible": False,
        "valid": False,
    }


@given(st.text())
def test_any_text_can_be_asked_for(text):
    assert parsed_phone_number(text)["number"]["input"] == text.replace(" ", "+", 1)


@pytest.mark.parametrize(
    ("start_ms", "duration", "start", "end"),
    [
        (0, 65, "1970-01-01T00:00:00.000Z", "1970-01-01T00:01:05.000Z"),
        (1_777_777_777_123, "1.5", "2026-05-03T03:09:37.123Z", "2026-05-03T03:09:38.623Z"),
        (0, "pending", "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"),
        (0, None, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"),
        (0, 1e300, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"),
        (None, 1, "2026-05-01T08:00:00.500Z", "2026-05-01T08:00:01.500Z"),
        (10**30, 1, None, None),
    ],
)
def test_the_times_of_a_call(start_ms, duration, start, end):
    assert call_times(start_ms, duration, NOW) == {"startTime": start, "endTime": end}


@pytest.mark.parametrize(
    ("call", "name", "subject"),
    [
        ({"direction": "Inbound"}, "Ada", "Inbound Call from Ada"),
        ({"direction": "Outbound"}, "Ada", "Outbound Call to Ada"),
        ({"direction": "Inbound"}, None, "Inbound Call from undefined"),
        ({"direction": "Inbound", "customSubject": ""}, "Ada", ""),
        ({"direction": "Inbound", "customSubject": "Mine"}, "Ada", "Mine"),
    ],
)
def test_the_title_of_a_call(call, name, subject):
    assert subject_of(call, name) == subject


def test_what_was_not_given_is_left_out():
    assert given_only({"a": None, "b": {"c": None, "d": 0}}) == {"b": {"d": 0}}
