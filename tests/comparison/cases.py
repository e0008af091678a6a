"""What each connector is asked, and what is kept of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.contract.model import CallContact, CallLog, CallParty, Recording
from tests.comparison.crm import TinyCrm
from tests.comparison.ways import Told, Way

ADA, BELLS, OMAR, ZOE = "+14155550132", "+14155550148", "+15105550177", "+442079460958"
NOBODY, OWN = "+14155550199", "+14155550111"
US_FORMAT = "(***) ***-****"
SLOW_S = 2.0

Step = Callable[[Way], Awaitable[Told]]


@dataclass(frozen=True)
class Case:
    """One question.

    Attributes:
        name: as the table has it.
        ask: the verb whose answer is compared.
        before: the verb that leads there.
        loses_the_calls: whether the CRM loses its calls in between.
        fault: how the CRM answers it; see :class:`TinyCrm`.
    """

    name: str
    ask: Step
    before: Step | None = None
    loses_the_calls: bool = False
    fault: str = ""


def find(number, *formats, extension=False):
    return lambda way: way.find(number, formats, extension=extension)


def search(name):
    return lambda way: way.search(name)


def create(name, kind="Person"):
    return lambda way: way.create(NOBODY, name, kind)


def create_twice(name):
    """Return two creates at the same time; the answer with the lower id is compared."""

    async def ask(way):
        told = await asyncio.gather(create(name)(way), create(name)(way))
        return min(told, key=lambda each: each.answer["contact"]["id"])

    return ask


def log(session, note="wants a quote", **changes):
    contact = CallContact(id=1, type="Person", name="Ada Lovelace", phone_number=ADA)
    call = msgspec.structs.replace(_call(session), **changes)
    return lambda way: way.log(call, contact, note)


def read_log(session):
    return lambda way: way.read_log(session)


def update_log(session):
    return lambda way: way.update_log(_call(session), "wants two quotes", "Quotes for Ada")


def _call(session):
    """Return a call; each case has one of its own, because a call is logged once."""
    return CallLog(
        session_id=session,
        telephony_session_id=f"telephony-{session}",
        id=f"call-{session}",
        direction="Inbound",
        from_=CallParty(phone_number=ADA, name="ADA L"),
        to=CallParty(phone_number=OWN, name="Tess Tester"),
        start_time=1767225600000,
        duration=65,
        result="Call connected",
    )


OUTBOUND = {
    "direction": "Outbound",
    "from_": CallParty(phone_number=OWN, name="Tess Tester", extension_number="101"),
    "to": CallParty(phone_number=ADA, name="Ada"),
    "duration": 3725,
    "recording": Recording(link="https://media.example/recording/1"),
    "custom_subject": "Quote for Ada & Sons",
}
# A server may keep what it was told: a case has numbers, names and calls that no other has.
CASES = (
    Case("hit", find(ADA)),
    Case("hit, once more", find(ZOE), before=find(ZOE)),
    Case("miss", find(NOBODY)),
    Case("several hits", find(BELLS)),
    Case("hit by a format", find(OMAR, US_FORMAT)),
    Case("format that does not fit", find("+442079460999", US_FORMAT)),
    Case("extension", find("207", extension=True)),
    Case("name search", search("bell")),
    Case("name search, miss", search("Nemo")),
    Case("name search, blank and accents", search("zoë Łukasz")),
    Case("create", create("Grace Hopper")),
    Case("create, twice at once", create_twice("Ann Two")),
    Case("create, other letters", create("Łucja O'Neil & 株式会社")),
    Case("create without a name", create("")),
    Case("create without a type", create("Jean Bartik", kind="")),
    Case("log", log("s1")),
    Case("log, outbound, title, recording", log("s9", **OUTBOUND)),
    Case("log, still ringing, no note", log("s10", note="", duration="pending", result="")),
    Case("log twice", log("s2"), before=log("s2")),
    Case("read a log", read_log("s3"), before=log("s3")),
    Case("read a log that is gone", read_log("s4"), before=log("s4"), loses_the_calls=True),
    Case("update a log", update_log("s5"), before=log("s5")),
    Case("update a log that is gone", update_log("s6"), before=log("s6"), loses_the_calls=True),
    Case("lookup, 401", find("+14155550161"), fault="401"),
    Case("lookup, 429", find("+14155550162"), fault="429"),
    Case("lookup, 500", find("+14155550163"), fault="500"),
    Case("lookup, HTML", find("+14155550164"), fault="html"),
    Case("lookup, no answer", find("+14155550165"), fault="slow"),
    Case("name search, 500", search("bell"), fault="500"),
    Case("create, 429", create("Mary Kay"), fault="429"),
    Case("create, HTML", create("Ida Rhodes"), fault="html"),
    Case("log, 500", log("s7"), fault="500"),
    Case("log, HTML", log("s8"), fault="html"),
)


async def observe(way: Way, crm: TinyCrm, case: Case) -> dict[str, Any]:
    """Run a case on fresh records; return what is compared, as nested plain data."""
    crm.reset()
    if case.before is not None:
        await case.before(way)
    if case.loses_the_calls:
        crm.calls.clear()
    crm.asked.clear()
    crm.fault = case.fault
    usual = way.timeout_s
    if case.fault == "slow":
        way.timeout_s = SLOW_S
    try:
        told = await case.ask(way)
    finally:
        way.timeout_s, crm.fault = usual, ""
    answer = dict(told.answer)
    return {
        "contact": _contacts(answer.pop("contact", None)),
        "message": _message(answer.pop("returnMessage", None)),
        "answer": answer,
        **told.more,
        "request": {str(at): asked for at, asked in enumerate(crm.asked, 1)},
        "store": crm.records(),
    }


def _contacts(listed: Any) -> dict[str, Any]:
    if not isinstance(listed, list):
        return {} if listed is None else {"made": listed}
    assert len({each["id"] for each in listed}) == len(listed), listed
    people = [str(each["id"]) for each in listed if not each.get("isNewContact")]
    return {str(each["id"]): each for each in listed} | {"order": ", ".join(people) or None}


def _message(message: dict[str, Any] | None) -> str | None:
    """Return a message as one text, so that it differs as a whole."""
    if message is None:
        return None
    details = [
        f"; {item['type']} {item['id']!r}: {item['text']}"
        for block in message.get("details") or ()
        for item in block["items"]
    ]
    return f"{message['messageType']}: {message['message']} ({message['ttl']})" + "".join(details)
