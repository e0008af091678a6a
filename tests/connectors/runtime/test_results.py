from __future__ import annotations

import pytest

from connectors.contract.hosting import ErrorInfo
from connectors.runtime.results import StopError, as_record, contacts_of, is_open_ended, log_id_of


@pytest.mark.parametrize("returned", [None, [], ["x"], "text", 7, True])
def test_a_result_that_is_no_object_ends_the_operation(returned):
    with pytest.raises(StopError, match="cannot be used"):
        as_record(returned)


def test_a_write_that_returned_something_unreadable_may_have_happened():
    with pytest.raises(StopError) as stop:
        as_record("ok", writes=True)
    assert stop.value.unknown
    with pytest.raises(StopError) as stop:
        as_record(None, writes=True)
    assert not stop.value.unknown


@pytest.mark.parametrize("listed", [{}, "x", 5, [None], ["x"], [[]]])
def test_contacts_must_be_a_list_of_objects(listed):
    with pytest.raises(StopError, match="matchedContactInfo"):
        contacts_of({"matchedContactInfo": listed})


def test_no_list_is_an_empty_one():
    assert contacts_of({}) == contacts_of({"matchedContactInfo": None}) == []


def test_a_log_id_is_text_or_a_number():
    assert log_id_of({"logId": 5}) == 5
    assert log_id_of({}) is None
    with pytest.raises(StopError):
        log_id_of({"logId": {"id": 5}})


@pytest.mark.parametrize(
    ("kind", "status", "open_ended"),
    [
        ("ConnectorTimeoutError", None, True),
        ("ConnectorExitedError", None, True),
        ("OperationCancelledError", None, True),
        ("CrmUnavailableError", None, True),
        ("CrmUnavailableError", 503, False),
        ("CrmUnavailableError", 504, True),
        ("AuthenticationError", 401, False),
        ("TypeError", None, False),
        ("UnexpectedResponseError", 201, True),
        ("UnexpectedResponseError", None, True),
        ("UnexpectedResponseError", 404, False),
    ],
)
def test_whether_anybody_knows_the_end_of_a_write(kind, status, open_ended):
    assert is_open_ended(ErrorInfo(type=kind, message="", status=status)) is open_ended
