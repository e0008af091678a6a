"""Explaining one lookup of 40 requests: matrix, verdict, findings; against decoding its answers.

The lookup asks four fields of two objects for five spellings; the last finds three people. An
answer that holds people is as large as a CRM's: some 50 KB. Run by ``make bench``.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.checks import check
from app.evidence import Evidence
from app.explain.matrix import match_matrix
from app.explain.verdict import verdict_of
from app.journal import RunFinished, RunStarted
from connectors.contract.exchange import Body, Exchange
from connectors.contract.manifest import ContactType, Manifest

NUMBER = "+14155550132"
FORMATS = "(###) ###-####,###-###-####,###.###.####"
SPELLINGS = ("4155550132", NUMBER, "(415) 555-0132", "415-555-0132", "415.555.0132")
FIELDS = ("PHONE", "PHONE_MOBILE", "PHONE_HOME", "PHONE_OTHER")
OBJECTS = ("contacts", "leads")
PEOPLE = 3
ROWS = 40
RUNS = 30
TARGET_MS = 20.0


def lookup() -> Evidence:
    """Return the lookup, as the journal would have it."""
    exchanges = []
    for wave, spelling in enumerate(SPELLINGS):
        for place, kind in enumerate(OBJECTS):
            for at, field in enumerate(FIELDS):
                number = len(exchanges) + 1
                found = spelling == SPELLINGS[-1] and field == "PHONE" and kind == "contacts"
                # Most CRMs answer with whole rows, also of a page that has nobody of this number.
                rows = [
                    _row(row, SPELLINGS[-1] if found and row < PEOPLE else "2125550100")
                    for row in range(ROWS if found or at == 0 else 4)
                ]
                exchanges.append(
                    _exchange(number, wave, place * 4 + at, kind, field, spelling, rows)
                )
    contacts = [
        {
            "id": row,
            "name": f"Person {row}",
            "type": "contact",
            "phone": SPELLINGS[-1],
            "createdDate": "2026-08-01T09:30:00Z",
            "additionalInfo": {},
        }
        for row in range(PEOPLE)
    ]
    new = {"id": "createNewContact", "name": "Create new contact...", "isNewContact": True}
    started = RunStarted(
        run_id=1,
        at_ms=0.0,
        operation="findContact",
        platform="bench",
        subject=NUMBER,
        input={"phoneNumber": NUMBER, "overridingFormat": FORMATS},
    )
    finished = RunFinished(
        run_id=1,
        at_ms=900.0,
        requests=len(exchanges),
        ms=900.0,
        answer={"successful": True, "contact": [*contacts, new]},
        returned={"successful": True, "matchedContactInfo": [*contacts, new]},
    )
    return Evidence(started, finished, tuple(exchanges))


def _exchange(
    number: int, wave: int, place: int, kind: str, field: str, spelling: str, rows: list[object]
) -> Exchange:
    query = urlencode({"field_name": field, "field_value": spelling, "brief": "false"})
    text = json.dumps(rows)
    return Exchange(
        id=number,
        invocation=1,
        started_ms=wave * 100.0 + place,
        method="GET",
        url=f"https://api.crm.test/v3.1/{kind}/search?{query}",
        headers=(("Authorization", "[REDACTED]"), ("Accept", "application/json")),
        status=200,
        ms=80.0,
        response_headers=(("Content-Type", "application/json"),),
        response_body=Body(text=text, size=len(text), mime_type="application/json"),
    )


def _row(row: int, phone: str) -> dict[str, object]:
    custom = [{"FIELD_NAME": f"Custom_{at}__c", "FIELD_VALUE": f"value {at}"} for at in range(8)]
    return {
        "CONTACT_ID": row,
        "FIRST_NAME": "Person",
        "LAST_NAME": str(row),
        "PHONE": phone,
        "PHONE_MOBILE": None,
        "EMAIL_ADDRESS": f"person{row}@crm.test",
        "SOCIAL_LINKEDIN": None,
        "DATE_CREATED_UTC": "2026-08-01 09:30:00",
        "ADDRESS_MAIL_CITY": "San Francisco",
        "LINKS": [{"LINK_ID": at, "LINK_OBJECT_ID": at} for at in range(3)],
        "CUSTOMFIELDS": custom,
        "TAGS": [{"TAG_NAME": "customer"}],
    }


def medians_ms(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median of each, taken in turns so that a busy machine slows all alike."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(RUNS + 1):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(each[1:]) for name, each in times.items()}


def main() -> None:
    """Measure and print."""
    evidence = lookup()
    manifest = Manifest(name="bench", contact_types=(ContactType(value="contact"),))
    texts = [x.response_body.text for x in evidence.exchanges if x.response_body is not None]

    def decode() -> None:
        for text in texts:
            json.loads(text)

    def matrix() -> object:
        return match_matrix(evidence)

    def explain() -> None:
        verdict_of(evidence, match_matrix(evidence))
        check(evidence, manifest)

    made = match_matrix(evidence)
    found = verdict_of(evidence, made)
    assert found.code in {"FOUND_BY_FORMAT", "MULTIPLE"}, found
    size = sum(map(len, texts)) / 1024
    print(f"explaining a lookup of {len(texts)} requests, {size:.0f} KB, median of {RUNS}")
    medians = medians_ms(
        {
            "decoding the answers": decode,
            "match matrix": matrix,
            "verdict": lambda: verdict_of(evidence, made),
            "findings": lambda: check(evidence, manifest),
            "all of it": explain,
        }
    )
    base = medians["decoding the answers"]
    for name, ms in medians.items():
        print(f"  {name:26s} {ms:6.1f} ms   {ms / base:4.2f} x decoding")
    print(f"  target: all of it under {TARGET_MS:.0f} ms")


if __name__ == "__main__":
    main()
