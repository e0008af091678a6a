from __future__ import annotations

import pytest

from connectors.runtime import messages


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (429, "Rate limit exceeded"),
        (400, "Authorization error"),
        (401, "Authorization error"),
        (404, "Authorization error"),
        (409, "Authorization error"),
        (410, "Error finding contact"),
        (422, "Error finding contact"),
        (500, "Error finding contact"),
        (None, "Error finding contact"),
    ],
)
def test_the_status_decides_the_message_as_in_production(status, expected):
    told = messages.failure("findContact", status, "clio")
    assert (told["message"], told["messageType"], told["ttl"]) == (expected, "warning", 5000)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("createContact", "Error creating contact"),
        ("findContactWithName", "Error searching contacts"),
        ("createCallLog", "Error creating call log"),
        ("updateCallLog", "Error updating call log"),
        ("getCallLog", "Error getting call log"),
        ("upsertCallDisposition", "Error performing upsertCallDisposition"),
    ],
)
def test_each_operation_has_its_own_words(operation, expected):
    assert messages.failure(operation, 500, "clio")["message"] == expected


def test_details_are_one_block_with_one_text():
    [block] = messages.contact_not_found("+14155559999", "myCRM")["details"]
    assert block == {
        "title": "Details",
        "items": [
            {
                "id": "1",
                "type": "text",
                "text": "A contact with the phone number +14155559999 could not be found "
                "in your myCRM account.",
            }
        ],
    }


def test_an_operations_own_failure_numbers_its_items():
    [block] = messages.failure("updateCallLog", None, "clio")["details"]
    assert block["items"][0]["id"] == 1
    assert "still exists on clio" in block["items"][0]["text"]


def test_name_not_found_ends_with_productions_blank():
    assert messages.name_not_found("Zed")["message"] == "No contact found with name Zed "


def test_the_short_messages_of_logging():
    assert messages.existing_log("s1")["ttl"] == 3000
    assert messages.no_contact_to_log("+1")["message"] == "Contact not found for number +1"
