"""The body of a call log, as core composes it for a connector (contact-flow 2.5).

A body is composed line by line into what is there already: a known line is replaced where it
stands, an unknown one is left alone, a missing one is added at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from connectors.contract.model import CallLog, User

COMPOSED_FORMATS = ("text/plain", "text/html", "text/markdown")
DATE_FORMAT = "YYYY-MM-DD hh:mm:ss A"

_DATE_TOKENS = {
    "YYYY": "%Y",
    "YY": "%y",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "DD": "%d",
    "dddd": "%A",
    "ddd": "%a",
    "HH": "%H",
    "hh": "%I",
    "mm": "%M",
    "ss": "%S",
    "A": "%p",
}
_DATE_TOKEN = re.compile("|".join(sorted(_DATE_TOKENS, key=len, reverse=True)))
_PENDING = "(pending...)"


@dataclass(frozen=True, slots=True)
class LogLines:
    """Which lines a body gets; the defaults are production's (contact-flow 2.5)."""

    note: bool = True
    session_id: bool = False
    user_name: bool = False
    number: bool = False
    subject: bool = True
    contact_number: bool = False
    date_time: bool = True
    duration: bool = True
    result: bool = True
    recording: bool = True
    ai_note: bool = True
    transcript: bool = True
    date_format: str = DATE_FORMAT

    @classmethod
    def of_user(cls, user: User) -> LogLines:
        """Read the lines from the user's settings."""
        ids = {
            "note": "addCallLogNote",
            "session_id": "addCallSessionId",
            "user_name": "addRingCentralUserName",
            "number": "addRingCentralNumber",
            "subject": "addCallLogSubject",
            "contact_number": "addCallLogContactNumber",
            "date_time": "addCallLogDateTime",
            "duration": "addCallLogDuration",
            "result": "addCallLogResult",
            "recording": "addCallLogRecording",
            "ai_note": "addCallLogAiNote",
            "transcript": "addCallLogTranscript",
            "date_format": "logDateFormat",
        }
        chosen: dict[str, Any] = {}
        for field in fields(cls):
            value = user.setting(ids[field.name])
            if value is not None:
                chosen[field.name] = str(value) if field.name == "date_format" else bool(value)
        return cls(**chosen)


@dataclass(frozen=True, slots=True)
class LogFacts:
    """What a body is composed of; an empty value leaves its line out.

    Attributes:
        start_ms: ms since 1970.
        duration: seconds, or ``"pending"``; None leaves the line out.
    """

    note: str = ""
    subject: str = ""
    session_id: str = ""
    direction: str = ""
    user_name: str = ""
    number: str = ""
    extension: str = ""
    contact_number: str = ""
    start_ms: float | None = None
    duration: float | str | None = None
    result: str = ""
    recording_link: str = ""
    ai_note: str = ""
    transcript: str = ""


def facts_of(
    call_log: CallLog,
    *,
    contact_number: str = "",
    note: str = "",
    ai_note: str = "",
    transcript: str = "",
) -> LogFacts:
    """Return the facts of a call.

    The extension is the far side's, although its line speaks of RingCentral: production's choice.
    """
    inbound = call_log.direction == "Inbound"
    own, far = (call_log.to, call_log.from_) if inbound else (call_log.from_, call_log.to)
    return LogFacts(
        note=note,
        subject=call_log.custom_subject or "",
        session_id=call_log.session_id,
        direction=call_log.direction,
        user_name=own.name or "",
        number=own.phone_number or "",
        extension=far.extension_number or "",
        contact_number=contact_number,
        start_ms=call_log.start_time or None,
        duration=call_log.duration,
        result=call_log.result,
        recording_link=(call_log.recording.link or "") if call_log.recording else "",
        ai_note=ai_note,
        transcript=transcript,
    )


def compose(
    log_format: str,
    facts: LogFacts,
    *,
    lines: LogLines | None = None,
    timezone_offset: str | float | None = None,
    body: str = "",
) -> str:
    """Return the body of a call log.

    Values are put in as they are, also into HTML: production does not escape them.

    Args:
        log_format: one of :data:`COMPOSED_FORMATS`; anything else gives an empty text.
        facts: what to say.
        lines: which lines to write; None means production's defaults.
        timezone_offset: the user's, as ``"+05:30"``, in hours (below 16) or in minutes.
        body: what the log says already.
    """
    if log_format not in COMPOSED_FORMATS:
        return ""
    lines = lines or LogLines()
    if facts.note and lines.note:
        body = _with_note(log_format, body, facts.note)
    if facts.session_id and lines.session_id:
        body = _with_line(log_format, body, "Session Id", facts.session_id)
    if facts.user_name and lines.user_name:
        body = _with_line(
            log_format, body, "RingCentral user name", facts.user_name, only_if_pending=True
        )
    if facts.number and lines.number:
        value = f"{facts.number} {facts.extension}"
        body = _with_line(log_format, body, "RingCentral number and extension", value)
    if facts.subject and lines.subject:
        body = _with_line(log_format, body, "Summary", facts.subject)
    if facts.contact_number and lines.contact_number:
        side = "Recipient" if facts.direction == "Outbound" else "Caller"
        label = f"{side} phone number" if log_format == "text/html" else "Contact Number"
        body = _with_line(log_format, body, label, facts.contact_number)
    if facts.start_ms is not None and lines.date_time:
        label = "Date/time" if log_format == "text/html" else "Date/Time"
        when = date_text(facts.start_ms, timezone_offset, lines.date_format)
        body = _with_line(log_format, body, label, when)
    if facts.duration is not None and lines.duration:
        body = _with_line(log_format, body, "Duration", duration_text(facts.duration))
    if facts.result and lines.result:
        body = _with_line(log_format, body, "Result", facts.result)
    if facts.recording_link and lines.recording:
        link = _link(log_format, facts.recording_link)
        body = _with_line(log_format, body, "Call recording link", link)
    if facts.ai_note and lines.ai_note:
        body = _with_block(log_format, body, "AI Note", facts.ai_note.rstrip("\n"))
    if facts.transcript and lines.transcript:
        body = _with_block(log_format, body, "Transcript", facts.transcript)
    return body


def duration_text(duration: float | str) -> str:
    """Return a duration in words: ``1 minute, 5 seconds``. Anything but a number stays as it is."""
    try:
        total = int(float(duration))
    except (ValueError, OverflowError):
        return str(duration)
    minutes, seconds = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        f"{count} {unit}{'s' if count > 1 else ''}"
        for count, unit in ((hours, "hour"), (minutes, "minute"), (seconds, "second"))
        if count
    ]
    return ", ".join(parts) or "0 seconds"


def date_text(
    start_ms: float, timezone_offset: str | float | None, date_format: str = DATE_FORMAT
) -> str:
    """Return a time in the user's zone; `date_format` uses production's tokens (``YYYY-MM-DD``)."""
    try:
        moment = datetime.fromtimestamp(start_ms / 1000, UTC).astimezone(_zone(timezone_offset))
    except (ValueError, OverflowError, OSError):
        return str(start_ms)
    return _DATE_TOKEN.sub(lambda token: moment.strftime(_DATE_TOKENS[token.group()]), date_format)


def _zone(offset: str | float | None) -> timezone:
    text = str(offset or "")
    clock = re.fullmatch(r"([+-]?)(\d{1,2}):(\d{2})", text)
    if clock:
        minutes = float(int(clock[2]) * 60 + int(clock[3])) * (-1 if clock[1] == "-" else 1)
    else:
        try:
            minutes = float(text)
        except ValueError:
            return UTC
        if abs(minutes) < 16:
            minutes *= 60
    try:
        return timezone(timedelta(minutes=minutes))
    except ValueError:
        return UTC


def _with_note(log_format: str, body: str, note: str) -> str:
    if log_format == "text/html":
        section = f"<b>Agent notes</b><br>{note}<br><br><b>Call details</b>"
        known = re.compile(r"<b>Agent notes</b>.+?Call details</b>", re.DOTALL)
        return _replaced(known, section, body) or f"{section}<br>{body}"
    if log_format == "text/markdown":
        section = f"## Agent notes\n{note}\n\n## Call details"
        known = re.compile(r"## Agent notes\n.*?\n## Call details", re.DOTALL)
        if body.startswith("## Call details"):
            return f"## Agent notes\n{note}\n\n{body}"
        return _replaced(known, section, body) or f"{section}\n{body}"
    # A note may have several lines: it ends before the next "- Label:" line or at the end.
    known = re.compile(r"- (?:Note|Agent notes): .*?(?=\n- [A-Z][a-zA-Z\s/]*:|\n\Z|\Z)", re.DOTALL)
    return _replaced(known, f"- Note: {note}", body) or f"- Note: {note}\n{body}"


def _with_line(
    log_format: str, body: str, label: str, value: str, *, only_if_pending: bool = False
) -> str:
    name = re.escape(label)
    if log_format == "text/html":
        line = f"<li><b>{label}</b>: {value}</li>"
        known = re.compile(
            rf"(?:<li>)?<b>{name}</b>:\s*(<a[^>]*>[^<]*</a>|[^<\n]*)(?:</li>|(?=<|\Z|\n))",
            re.IGNORECASE,
        )
        end = ""
    else:
        start, colon = ("**", "**:") if log_format == "text/markdown" else ("- ", ":")
        line = f"{start}{label}{colon} {value}"
        known = re.compile(rf"^{re.escape(start)}{name}{re.escape(colon)} ?([^\n]*)", re.MULTILINE)
        end = "\n"
    found = known.search(body)
    if found:
        if only_if_pending and found[1].strip() != _PENDING:
            return body
        return known.sub(lambda _: line, body, count=1)
    if log_format == "text/html":
        head, closing, tail = body.partition("</ul>")
        return f"{head}{line}{closing}{tail}"
    if body and not body.endswith("\n"):
        body += "\n"
    return f"{body}{line}{end}"


def _with_block(log_format: str, body: str, label: str, text: str) -> str:
    if log_format == "text/html":
        inner = re.sub(r"\r\n|\r|\n", "<br>", text)
        block = f"<div><b>{label}</b><br>{inner}</div>"
        known = re.compile(rf"<div><b>{label}</b><br>.+?</div>", re.DOTALL)
        return _replaced(known, block, body) or f"{body}{block}<br>"
    if log_format == "text/markdown":
        block = f"### {label}\n{text}\n"
        known = re.compile(rf"### {label}\n.*?(?:\n(?=### |\Z)|\Z)", re.DOTALL)
        return _replaced(known, block, body) or body + block
    block = f"- {label}:\n{text}\n--- END"
    known = re.compile(rf"- {label}:.*?--- END", re.DOTALL)
    return _replaced(known, block, body) or f"{body}\n{block}\n"


def _replaced(known: re.Pattern[str], text: str, body: str) -> str | None:
    return known.sub(lambda _: text, body, count=1) if known.search(body) else None


def _link(log_format: str, link: str) -> str:
    if log_format != "text/html":
        return link
    if link.startswith("http"):
        return f'<a target="_blank" href="{link}">open</a>'
    return _PENDING
