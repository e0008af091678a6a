from __future__ import annotations

import pytest

from app.extension.calls import (
    Call,
    CallFilter,
    CallHistory,
    LoggedRecord,
    clock_text,
    number_text,
    to_call_log,
    when_text,
)

NUMBER = "+14155550100"


def call(session_id="s1", direction="inbound", number=NUMBER, at=1_000_000.0):
    return Call(session_id, f"t-{session_id}", direction, number, at)


def answered(*args, **kwargs):
    ringing = call(*args, **kwargs)
    return ringing.answered(ringing.started_at + 5).ended(ringing.started_at + 70)


def test_a_call_that_was_answered():
    talk = answered()
    assert (talk.state, talk.missed, talk.duration_s) == ("ended", False, 65)
    assert talk.result_text == "Call connected"


def test_a_call_that_nobody_answered():
    gone = call().ended(1_000_010.0)
    assert (gone.missed, gone.duration_s, gone.result_text) == (True, 0, "Missed")
    unanswered = call(direction="outbound").ended(1_000_010.0)
    assert (unanswered.missed, unanswered.result_text) == (False, "No Answer")
    assert call().result_text == "Ringing"
    assert call().ended(1.0, "Voicemail").result_text == "Voicemail"


def test_an_incoming_call_as_core_knows_it():
    log = to_call_log(answered(), own_number="+14155550111", own_name="Me", title="T")
    assert (log.direction, log.from_.phone_number, log.to.phone_number) == (
        "Inbound",
        NUMBER,
        "+14155550111",
    )
    assert (log.start_time, log.duration, log.result) == (
        1_000_000_000,
        65,
        "Call connected",
    )
    assert (log.custom_subject, log.telephony_session_id, log.recording) == ("T", "t-s1", None)


def test_an_outgoing_call_that_goes_on_to_an_extension():
    log = to_call_log(call(direction="outbound", number="101"), recording_link="https://r")
    assert (log.to.phone_number, log.to.extension_number) == (None, "101")
    assert log.duration == "pending"
    assert log.recording.link == "https://r"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00"), (65, "01:05"), (3661, "1:01:01"), (-1, "00:00")]
)
def test_durations_are_clocks(seconds, text):
    assert clock_text(seconds) == text


def test_today_shows_the_time_and_other_days_the_date():
    at = 1_000_000.0
    assert len(when_text(at, at)) == len("14:02")
    assert len(when_text(at, at + 3 * 86400)) == len("2026-01-01")


def test_numbers_are_shown_locally_and_extensions_as_they_are():
    assert number_text(NUMBER) == "(415) 555-0100"
    assert number_text("101") == "101"
    assert number_text("") == ""


@pytest.fixture
def history():
    history = CallHistory()
    history.put(answered("s1"))
    history.put(call("s2").ended(1_000_010.0))
    history.put(answered("s3", direction="outbound", number="+442079460958"))
    history.set_logged("s1", LoggedRecord(contact_id=1, log_id="L1"))
    return history


def test_a_call_whose_note_is_forgotten_can_be_logged_again(history):
    history.forget_logged("s1")
    history.forget_logged("never logged")
    assert history.logged("s1") is None
    assert [call.session_id for call in history.filtered(CallFilter.UNLOGGED)] == ["s3", "s2", "s1"]


@pytest.mark.parametrize(
    ("kind", "sessions"),
    [
        (CallFilter.ALL, ["s3", "s2", "s1"]),
        (CallFilter.UNLOGGED, ["s3", "s2"]),
        (CallFilter.MISSED, ["s2"]),
        (CallFilter.INBOUND, ["s2", "s1"]),
        (CallFilter.OUTBOUND, ["s3"]),
    ],
)
def test_each_filter_shows_its_calls_latest_first(history, kind, sessions):
    assert [one.session_id for one in history.filtered(kind)] == sessions


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("ADA", ["s1"]),
        ("(415) 555", ["s2", "s1"]),
        ("+44", ["s3"]),
        ("x415", []),
        (" ", ["s3", "s2", "s1"]),
    ],
)
def test_the_search_looks_into_names_and_digits(history, text, sessions):
    def name_of(one):
        return "Ada" if one.session_id == "s1" else ""

    assert [one.session_id for one in history.filtered(text=text, name_of=name_of)] == sessions


def test_a_row_shows_the_contacts_name_else_the_number(history):
    outbound, missed, logged = history.rows(
        1_000_100.0, name_of=lambda one: "Ada" if one.session_id == "s1" else ""
    )
    assert (logged.title, logged.logged, logged.matched) == ("Ada", True, True)
    assert (missed.title, missed.missed, missed.matched) == ("(415) 555-0100", True, False)
    assert outbound.duration_text == "01:05"


def test_a_call_is_replaced_by_its_session(history):
    assert len(history) == 3
    history.put(call("s1", number="101"))
    assert len(history) == 3
    assert history.call("s1").number == "101"
    assert history.logged("s1").log_id == "L1"
    assert history.logged("s2") is None
