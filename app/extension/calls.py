"""Calls as the extension knows them, and its history (contact-flow 1.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Literal

from app.extension.matcher import is_external
from connectors.contract.model import CallLog, CallParty, ContactId, Recording
from connectors.phone import display
from widgets.page_state import CallRow, Direction

CallState = Literal["ringing", "connected", "ended"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Times are in seconds since 1970.

    Attributes:
        number: the far side: E.164, or the digits of an extension.
        result: as RingCentral says it; empty means that it follows from what happened.
    """

    session_id: str
    telephony_session_id: str
    direction: Direction
    number: str
    started_at: float
    answered_at: float | None = None
    ended_at: float | None = None
    state: CallState = "ringing"
    result: str = ""
    caller_name: str = ""

    @property
    def missed(self) -> bool:
        """Whether an incoming call has ended without an answer."""
        return self.direction == "inbound" and self.state == "ended" and self.answered_at is None

    @property
    def duration_s(self) -> int:
        """Seconds from answer to end; 0 for a call that nobody answered or that goes on."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return max(0, round(self.ended_at - self.answered_at))

    @property
    def result_text(self) -> str:
        """What became of the call."""
        if self.result:
            return self.result
        if self.state == "ringing":
            return "Ringing"
        if self.answered_at is not None:
            return "Call connected"
        return "Missed" if self.direction == "inbound" else "No Answer"

    def answered(self, at: float) -> Call:
        """Return the call after someone has answered."""
        return replace(self, answered_at=at, state="connected")

    def ended(self, at: float, result: str = "") -> Call:
        """Return the call after someone has hung up."""
        return replace(self, ended_at=at, state="ended", result=result or self.result)


def to_call_log(
    call: Call,
    *,
    own_number: str = "",
    own_name: str = "",
    title: str = "",
    recording_link: str = "",
    account_id: str | None = None,
) -> CallLog:
    """Return a call as core and connectors know it. A call that goes on has a pending duration."""
    if is_external(call.number):
        far = CallParty(phone_number=call.number, name=call.caller_name or None)
    else:
        far = CallParty(extension_number=call.number or None, name=call.caller_name or None)
    own = CallParty(phone_number=own_number or None, name=own_name or None)
    inbound = call.direction == "inbound"
    return CallLog(
        session_id=call.session_id,
        telephony_session_id=call.telephony_session_id,
        id=call.telephony_session_id,
        direction="Inbound" if inbound else "Outbound",
        from_=far if inbound else own,
        to=own if inbound else far,
        start_time=round(call.started_at * 1000),
        duration=call.duration_s if call.state == "ended" else "pending",
        result=call.result_text,
        recording=Recording(link=recording_link) if recording_link else None,
        custom_subject=title or None,
        account_id=account_id,
    )


def clock_text(seconds: float) -> str:
    """Return a duration as ``mm:ss``, or ``h:mm:ss`` from one hour on."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def when_text(at: float, now: float) -> str:
    """Return the time of day of `at` when it is today, else its date (seconds since 1970)."""
    moment = datetime.fromtimestamp(at).astimezone()
    today = datetime.fromtimestamp(now).astimezone().date()
    return moment.strftime("%H:%M" if moment.date() == today else "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class LoggedRecord:
    """The extension's own note that a call is logged (contact-flow 1.6 step 4)."""

    contact_id: ContactId
    log_id: ContactId
    contact_name: str = ""
    contact_type: str = ""


class CallFilter(Enum):
    """The filters of the history."""

    ALL = "ALL"
    UNLOGGED = "UNLOGGED"
    MISSED = "MISSED"
    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class CallHistory:
    """All calls, the latest first, and which of them are logged."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._logged: dict[str, LoggedRecord] = {}

    def __iter__(self) -> Iterator[Call]:
        """Go through the calls, the latest first."""
        return iter(reversed(self._calls.values()))

    def __len__(self) -> int:
        return len(self._calls)

    def put(self, call: Call) -> None:
        """Add a call, or replace it by its session id."""
        self._calls[call.session_id] = call

    def call(self, session_id: str) -> Call | None:
        """Return one call."""
        return self._calls.get(session_id)

    def set_logged(self, session_id: str, record: LoggedRecord) -> None:
        """Note that a call is logged."""
        self._logged[session_id] = record

    def logged(self, session_id: str) -> LoggedRecord | None:
        """Return the note of a logged call, None when it is not logged."""
        return self._logged.get(session_id)

    def forget_logged(self, session_id: str) -> None:
        """Drop the note that a call is logged; its row offers to log it again."""
        self._logged.pop(session_id, None)

    def filtered(
        self,
        kind: CallFilter = CallFilter.ALL,
        text: str = "",
        name_of: Callable[[Call], str] | None = None,
    ) -> tuple[Call, ...]:
        """Return the calls of a filter whose name or number contains `text`, the latest first.

        Numbers are compared by their digits; case does not matter.
        """
        wanted = text.strip().casefold()
        return tuple(
            call
            for call in self
            if self._belongs(call, kind)
            and _contains(call, wanted, name_of(call) if name_of else "")
        )

    def rows(
        self,
        now: float,
        kind: CallFilter = CallFilter.ALL,
        text: str = "",
        name_of: Callable[[Call], str] | None = None,
    ) -> tuple[CallRow, ...]:
        """Return the filtered calls as the window shows them.

        Args:
            now: seconds since 1970.
            kind: the filter.
            text: what names or numbers must contain.
            name_of: the matched contact's name, empty when there is none.
        """
        rows = []
        for call in self.filtered(kind, text, name_of):
            name = name_of(call) if name_of else ""
            number = number_text(call.number)
            rows.append(
                CallRow(
                    session_id=call.session_id,
                    direction=call.direction,
                    missed=call.missed,
                    title=name or number,
                    number=number,
                    duration_text=clock_text(call.duration_s),
                    when_text=when_text(call.started_at, now),
                    logged=call.session_id in self._logged,
                    matched=bool(name),
                )
            )
        return tuple(rows)

    def _belongs(self, call: Call, kind: CallFilter) -> bool:
        match kind:
            case CallFilter.UNLOGGED:
                return call.session_id not in self._logged
            case CallFilter.MISSED:
                return call.missed
            case CallFilter.INBOUND:
                return call.direction == "inbound"
            case CallFilter.OUTBOUND:
                return call.direction == "outbound"
            case _:
                return True


def number_text(number: str) -> str:
    """Return a number for people; extensions stay as they are."""
    return display(number) if is_external(number) else number


def _contains(call: Call, wanted: str, name: str) -> bool:
    if not wanted or wanted in name.casefold() or wanted in call.number.casefold():
        return True
    digits = "".join(filter(str.isdigit, wanted))
    letters = any(map(str.isalpha, wanted))
    return bool(digits) and not letters and digits in "".join(filter(str.isdigit, call.number))
