from __future__ import annotations

import pytest

from connectors.contract.model import CallLog, CallParty, Recording, User
from connectors.runtime.call_log import (
    LogFacts,
    LogLines,
    compose,
    date_text,
    duration_text,
    facts_of,
)

FULL = LogFacts(
    note="hello",
    subject="Inbound call from Ada",
    session_id="s1",
    direction="Inbound",
    user_name="Me",
    number="+14155550111",
    extension="101",
    contact_number="+14155550100",
    start_ms=1767225600000,
    duration=65,
    result="Call connected",
    recording_link="https://rec.example/1",
    ai_note="summed up",
    transcript="A: hi",
)
ALL = LogLines(session_id=True, user_name=True, number=True, contact_number=True)


def test_plain_text_has_productions_order():
    assert compose("text/plain", FULL, lines=ALL) == (
        "- Note: hello\n"
        "- Session Id: s1\n"
        "- RingCentral user name: Me\n"
        "- RingCentral number and extension: +14155550111 101\n"
        "- Summary: Inbound call from Ada\n"
        "- Contact Number: +14155550100\n"
        "- Date/Time: 2026-01-01 12:00:00 AM\n"
        "- Duration: 1 minute, 5 seconds\n"
        "- Result: Call connected\n"
        "- Call recording link: https://rec.example/1\n"
        "\n- AI Note:\nsummed up\n--- END\n"
        "\n- Transcript:\nA: hi\n--- END\n"
    )


def test_by_default_four_lines_are_left_out():
    body = compose("text/plain", FULL)
    for label in ("Session Id", "user name", "number and extension", "Contact Number"):
        assert label not in body


def test_html_is_a_list_under_the_agents_notes():
    body = compose("text/html", FULL, lines=ALL)
    assert body.startswith(
        "<b>Agent notes</b><br>hello<br><br><b>Call details</b><br><li><b>Session Id</b>: s1</li>"
    )
    assert "<li><b>Caller phone number</b>: +14155550100</li>" in body
    assert "<li><b>Date/time</b>: 2026-01-01 12:00:00 AM</li>" in body
    assert '<a target="_blank" href="https://rec.example/1">open</a></li>' in body
    assert "<div><b>AI Note</b><br>summed up</div>" in body


def test_markdown_has_headings_and_bold_labels():
    body = compose("text/markdown", FULL)
    assert body.startswith("## Agent notes\nhello\n\n## Call details\n**Summary**: Inbound call")
    assert "**Result**: Call connected\n" in body
    assert "### Transcript\nA: hi\n" in body


def test_other_formats_are_the_connectors_own_matter():
    assert compose("custom", FULL) == ""


@pytest.mark.parametrize("log_format", ["text/plain", "text/html", "text/markdown"])
def test_composing_again_changes_nothing(log_format):
    body = compose(log_format, FULL, lines=ALL)
    assert compose(log_format, FULL, lines=ALL, body=body) == body


@pytest.mark.parametrize("log_format", ["text/plain", "text/html", "text/markdown"])
def test_an_update_replaces_known_lines_and_keeps_the_rest(log_format):
    body = compose(log_format, FULL) + "Added in the CRM"
    changed = LogFacts(note="changed $1 \\1", duration=3600, result="Voicemail")
    updated = compose(log_format, changed, body=body)
    assert "changed $1 \\1" in updated
    assert "hello" not in updated
    assert "1 hour" in updated
    assert "1 minute" not in updated
    assert "Call connected" not in updated
    assert "Inbound call from Ada" in updated
    assert "Added in the CRM" in updated


def test_a_missing_line_is_added_at_the_end():
    body = "- Note: hello\n- Duration: 5 seconds\n"
    assert compose("text/plain", LogFacts(subject="new"), body=body).endswith("- Summary: new\n")


def test_a_note_of_several_lines_is_replaced_as_a_whole():
    body = "- Note: one\n\ntwo\n- Duration: 5 seconds\n"
    expected = "- Note: three\n- Duration: 5 seconds\n"
    assert compose("text/plain", LogFacts(note="three"), body=body) == expected


def test_the_users_name_is_replaced_only_while_it_is_pending():
    lines = LogLines(user_name=True)
    facts = LogFacts(user_name="Me")
    pending = "- RingCentral user name: (pending...)\n"
    assert "Me" in compose("text/plain", facts, lines=lines, body=pending)
    assert "Other" in compose(
        "text/plain", facts, lines=lines, body="- RingCentral user name: Other\n"
    )


def test_a_recording_without_an_address_is_pending_in_html():
    body = compose("text/html", LogFacts(recording_link="(pending...)"))
    assert body == "<li><b>Call recording link</b>: (pending...)</li>"
    done = compose("text/html", LogFacts(recording_link="https://r"), body=body)
    assert done.count("<li>") == 1
    assert 'href="https://r"' in done


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (65, "1 minute, 5 seconds"),
        (7322, "2 hours, 2 minutes, 2 seconds"),
        (3600, "1 hour"),
        ("pending", "pending"),
    ],
)
def test_durations_are_words(seconds, text):
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("offset", "text"),
    [
        (None, "2026-01-01 12:00:00 AM"),
        ("+05:30", "2026-01-01 05:30:00 AM"),
        ("-08:00", "2025-12-31 04:00:00 PM"),
        (-8, "2025-12-31 04:00:00 PM"),
        ("330", "2026-01-01 05:30:00 AM"),
        ("nonsense", "2026-01-01 12:00:00 AM"),
        (99999, "2026-01-01 12:00:00 AM"),
    ],
)
def test_times_are_the_users(offset, text):
    assert date_text(1767225600000, offset) == text


def test_the_user_chooses_the_date_format_and_the_lines():
    user = User(
        user_settings={
            "addCallLogNote": {"value": False},
            "addCallSessionId": {"value": True},
            "logDateFormat": {"value": "DD/MM/YYYY HH:mm"},
        }
    )
    lines = LogLines.of_user(user)
    assert (lines.note, lines.session_id, lines.result) == (False, True, True)
    body = compose("text/plain", FULL, lines=lines)
    assert "hello" not in body
    assert "- Date/Time: 01/01/2026 00:00\n" in body


def test_facts_of_a_call_take_the_own_side_by_direction():
    call = CallLog(
        session_id="s1",
        direction="Outbound",
        from_=CallParty(phone_number="+1415", name="Me"),
        to=CallParty(phone_number="+1650", name="Ada", extension_number="9"),
        start_time=5,
        duration="pending",
        recording=Recording(link="https://r"),
        custom_subject="t",
    )
    facts = facts_of(call, contact_number="+1650", note="n")
    assert (facts.user_name, facts.number, facts.extension) == ("Me", "+1415", "9")
    assert (facts.subject, facts.recording_link, facts.duration) == ("t", "https://r", "pending")
