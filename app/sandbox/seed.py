"""The sample people: believable, invented, the same on every machine.

`DEMO` names the few that tests, scenarios and demonstrations rely on. Both CRMs have all of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.sandbox.insightly import make_link, stamp
from app.sandbox.numbers import SPELLINGS, e164, has_spelling, number_at
from app.sandbox.schema import ENTITIES
from app.sandbox.store import Store

SEED = 20_260_801
START_S = 1_735_722_000.0  # 2025-01-01 09:00 UTC; the oldest record
DEFAULT_CONTACTS = 300
PLACEHOLDER_COMPANY = "Harbour & Lane Staffing"


@dataclass(frozen=True, slots=True)
class Demo:
    """A documented case: the number to call, whom it belongs to, and why it is there."""

    e164: str
    names: tuple[str, ...]
    stored: str
    why: str


DEMO: dict[str, Demo] = {
    "plain": Demo(
        "+14155550132", ("Anna Keller",), "4155550132", "one contact, found without any format"
    ),
    "shared": Demo(
        "+14155550148",
        ("Miguel Santos", "Ruth Okafor", "Priya Nair"),
        "4155550148",
        "one number of two contacts and a lead",
    ),
    "formatted": Demo(
        "+15105550177",
        ("Omar Haddad",),
        "(510) 555-0177",
        "found only with the format (###) ###-####",
    ),
    "name_only": Demo(
        "+12125550119",
        ("Grace Holloway",),
        "212.555.0119 ext. 7",
        "no lookup finds the number; the name search does",
    ),
    "mobile": Demo(
        "+14155550163", ("Ben Carter",), "4155550163", "the number is in the mobile field only"
    ),
    "second_field": Demo(
        "+16505550142",
        ("Ines Duarte",),
        "6505550142",
        "in Insightly's custom field DIRECT_LINE__c, in Bullhorn's phone2",
    ),
    "lead": Demo("+14155550171", ("Tomas Lindqvist",), "4155550171", "one lead, no contact"),
    "germany": Demo(
        "+493023125123", ("Jonas Brandt",), "+49 (0)30 23125123", "stored with a trunk zero"
    ),
    "copied": Demo(
        "+442079460018",
        ("Aoife Byrne",),
        "\u202a+44 20 7946 0018\u202c",
        "stored with invisible direction marks",
    ),
    "converted": Demo(
        "+14155550185",
        (),
        "4155550185",
        "belongs only to Nadia Petrov, a lead that was converted: not found",
    ),
    "nobody": Demo("+14155550199", (), "", "nobody has this number"),
}

_FIRST_TEXT = (
    "Amara Bastian Carla Dmitri Elena Farid Greta Hiro Isabel Jamal Katja Liam Mei "
    "Noor Oskar Paula Quentin Rosa Stefan Tara Uma Viktor Wanda Xavier Yusuf Zoe "
    "Aaron Bianca Chidi Dana Emil Fiona Gavin Hannah Ivan Julia Kofi Lena Marco Nina "
    "Olga Pedro Rachel Sanjay Theo Vera "
)
_LAST_TEXT = (
    "Abbott Bergström Costa Dubois Eriksen Fischer García Hughes Ivanova Jansen "
    "Kowalski Lefèvre Müller Nakamura O'Brien Park Quinn Rossi Schmidt Takahashi "
    "Underwood Vargas Weber Xu Young Zimmermann Adeyemi Baptiste Chen Das Ekström "
    "Ferrari Gupta Horváth Iyer Johnson Kim Lopez Mbeki Novák van_der_Berg Smith "
)
_COMPANY_TEXT = (
    "Alder Works|Bluebird Freight|Cedar & Sons|Delta Optics|"
    "Evergreen Foods|Foxglove Media|Granite Legal|Hollow Oak Furniture|"
    "Ivory Dental|Juniper Health|Kestrel Aviation|Lantern Software"
)
_FIRST = tuple(_FIRST_TEXT.split())
_LAST = tuple(_LAST_TEXT.split())
_COMPANY = tuple(_COMPANY_TEXT.split("|"))
_TITLES = ("Buyer", "Owner", "Office manager", "Engineer", "Head of sales", "Accountant", "")


@dataclass(frozen=True, slots=True)
class Person:
    """One sample person.

    Attributes:
        kind: ``contact`` or ``lead``; every third contact is a candidate in Bullhorn.
        slot: ``main``, ``mobile`` or ``second``: which phone field holds `stored`.
        spelling: the name of the way the number is written; "" for the fixed ones.
        region: the number's country.
        gone: converted (a lead) or deleted (a contact).
    """

    first: str
    last: str
    kind: str
    stored: str
    e164: str
    slot: str = "main"
    spelling: str = ""
    region: str = "US"
    company: str = ""
    title: str = ""
    gone: bool = False
    candidate: bool = False
    main_number: str = ""


def people(contacts: int = DEFAULT_CONTACTS) -> list[Person]:
    """Return the first `contacts` sample people, the documented ones first."""
    found = [*_demo_people()]
    source = _invented_people()
    while len(found) < contacts:
        found.append(next(source))
    return found[:contacts]


def _demo_people() -> Iterator[Person]:
    slots = {"mobile": "mobile", "second_field": "second"}
    for key, demo in DEMO.items():
        for place, name in enumerate(demo.names):
            first, _, last = name.partition(" ")
            lead = key == "lead" or (key == "shared" and place == 2)
            kind = "lead" if lead else "contact"
            yield Person(
                first, last, kind, demo.stored, demo.e164, slots.get(key, "main"), company="Demo Co"
            )
    converted = DEMO["converted"]
    yield Person("Nadia", "Petrov", "lead", converted.stored, converted.e164, gone=True)
    # Two people with one name and different numbers.
    yield Person("Maria", "Silva", "contact", "2135550101", "+12135550101", company=_COMPANY[0])
    yield Person("Maria", "Silva", "lead", "(312) 555-0102", "+13125550102", company=_COMPANY[1])


def _invented_people() -> Iterator[Person]:
    chance = random.Random(SEED)  # noqa: S311  sample data, not a secret
    names = [(first, last.replace("_", " ")) for first in _FIRST for last in _LAST]
    chance.shuffle(names)
    spellings = list(SPELLINGS)
    index = 0
    while True:
        first, last = names[index % len(names)]
        if index >= len(names):  # a large set: a middle initial keeps names apart
            first = f"{first} {chr(65 + index // len(names) % 26)}."
        region, number = number_at(index)
        spelling = spellings[(index * 7 + index // len(spellings)) % len(spellings)]
        if not has_spelling(spelling, region, number):
            spelling = "national"
        kind = "lead" if index % 3 == 2 else "contact"
        company = chance.choice(_COMPANY)
        person = Person(
            first,
            last,
            kind,
            SPELLINGS[spelling](number),
            e164(number),
            slot=("main", "main", "mobile", "main", "second")[index % 5],
            spelling=spelling,
            region=region,
            company=company,
            title=chance.choice(_TITLES),
            gone=index % 23 == 11,
            candidate=index % 3 == 1,
            main_number=f"646555019{_COMPANY.index(company) % 10}" if index % 4 == 0 else "",
        )
        yield person
        if index % 29 == 5:  # the same number on a lead and a contact
            yield Person(
                first, last, "contact" if kind == "lead" else "lead", person.stored, person.e164,
                slot=person.slot, spelling=spelling, region=region, company=company,
            )  # fmt: skip
        index += 1


def fill_if_empty(store: Store, contacts: int = DEFAULT_CONTACTS) -> None:
    """Fill a store that never was filled."""
    if not store.meta("contacts"):
        fill(store, contacts)


def fill(store: Store, contacts: int = DEFAULT_CONTACTS) -> None:
    """Replace everything in `store` by the sample people, and remember how many were asked for."""
    with store.transaction():
        store.reset()
        store.set_meta("contacts", str(contacts))
        wanted = people(contacts)
        _fill_insightly(store, wanted)
        _fill_bullhorn(store, wanted)


def _fill_insightly(store: Store, wanted: list[Person]) -> None:
    def add(entity: str, data: dict[str, Any], place: int) -> int:
        moment = START_S + place * 7200
        dates = {"DATE_CREATED_UTC": stamp(moment), "DATE_UPDATED_UTC": stamp(moment + 3600)}
        return store.create("insightly", entity, {**data, **dates}, created=moment, at_once=True).id

    companies = {
        name: add("organisations", {"ORGANISATION_NAME": name}, place)
        for place, name in enumerate(("Demo Co", *_COMPANY))
    }
    deals = [
        add("opportunities", {"OPPORTUNITY_NAME": f"{name}: yearly contract"}, place)
        for place, name in enumerate(_COMPANY)
    ]
    projects = [
        add("projects", {"PROJECT_NAME": f"{name} roll-out", "STATUS": "IN PROGRESS"}, place)
        for place, name in enumerate(_COMPANY)
    ]
    for place, person in enumerate(wanted):
        if person.gone and person.kind == "contact":
            continue  # Insightly forgets what is deleted
        lead = person.kind == "lead"
        data: dict[str, Any] = {
            "FIRST_NAME": person.first,
            "LAST_NAME": person.last,
            "TITLE": person.title or None,
            "EMAIL" if lead else "EMAIL_ADDRESS": _email(person),
        }
        _put_phones(data, person, "PHONE", "MOBILE" if lead else "PHONE_MOBILE", "")
        if lead:
            data |= {"CONVERTED": person.gone, "ORGANISATION_NAME": person.company or None}
            add("leads", data, place)
            continue
        links: list[dict[str, Any]] = []
        if person.company:
            targets = [("Organisation", companies[person.company])]
            if place % 5 == 0:
                targets.append(("Opportunity", deals[place % len(deals)]))
            if place % 7 == 0:
                targets.append(("Project", projects[place % len(projects)]))
            for name, target in targets:
                links.append(make_link(place + 1, name, target, links))
            data["ORGANISATION_ID"] = companies[person.company]
        add("contacts", {**data, "LINKS": links}, place)


def _fill_bullhorn(store: Store, wanted: list[Person]) -> None:
    def add(entity: str, data: dict[str, Any], place: int) -> int:
        moment = START_S + place * 7200
        data = {"isDeleted": False, "status": "Active", **data}
        data |= {"dateAdded": int(moment * 1000), "dateLastModified": int((moment + 3600) * 1000)}
        known = ENTITIES["bullhorn"][entity].fields
        data = {name: value for name, value in data.items() if name in known}
        return store.create("bullhorn", entity, data, created=moment, at_once=True).id

    names = ("Demo Co", *_COMPANY, PLACEHOLDER_COMPANY)
    companies = {
        name: add("ClientCorporation", {"name": name}, place) for place, name in enumerate(names)
    }
    for place, person in enumerate(wanted):
        data: dict[str, Any] = {
            "name": f"{person.first} {person.last}",
            "firstName": person.first,
            "lastName": person.last,
            "email": _email(person),
            "occupation": person.title or None,
            "companyName": person.company or None,
        }
        _put_phones(data, person, "phone", "mobile", "phone2")
        if person.kind == "lead":
            data["status"] = "Converted" if person.gone else "New Lead"
            add("Lead", data, place)
        elif person.candidate:
            add("Candidate", {**data, "status": "Archived" if person.gone else "Active"}, place)
        else:
            company = companies[person.company or PLACEHOLDER_COMPANY]
            data |= {"isDeleted": person.gone, "clientCorporation": {"id": company}}
            add("ClientContact", data, place)


def _put_phones(data: dict[str, Any], person: Person, main: str, mobile: str, second: str) -> None:
    """Put the number into its field; a company's main number, if any, into the main field."""
    if person.main_number:
        data[main] = person.main_number
    if person.slot == "mobile":
        data[mobile] = person.stored
    elif person.slot == "second" and second:
        data[second] = person.stored
    elif person.slot == "second":
        data["CUSTOMFIELDS"] = [
            {
                "FIELD_NAME": "DIRECT_LINE__c",
                "FIELD_VALUE": person.stored,
                "CUSTOM_FIELD_ID": "DIRECT_LINE__c",
            }
        ]
    else:
        data[main] = person.stored


def _email(person: Person) -> str:
    local = f"{person.first}.{person.last}".lower().replace(" ", "").replace("'", "")
    company = "".join(sign for sign in person.company.lower() if sign.isalnum()) or "mail"
    return f"{local.encode('ascii', 'ignore').decode()}@{company}.example"
