"""Twelve planted situations: the verdict is right, and following the advice mends the lookup.

Each runs through a real connector against the real sandbox, and the CRM's store is changed only by
what the advice says.
"""

import textwrap
import time

import httpx
import msgspec
import pytest

from app.bench import Bench
from app.connections import sandbox_connection
from app.evidence import evidence_of
from app.explain.advice import AdviceCode
from app.explain.verdict import verdict_of
from app.home import home
from app.journal import Journal
from app.probe import ProbeError, Question, formats_with, probe
from app.sandbox import seed
from app.sandbox.accounts import INSIGHTLY_API_KEY
from app.sandbox.process import start_or_join
from connectors.host.local import LocalHost
from connectors.runtime.store import CoreStore

NUMBER = "+16285550174"
NSN = "6285550174"
AUTH = (INSIGHTLY_API_KEY, "")

HIDES_FAILURES = """
    from connectors.contract.errors import ConnectorError
    from connectors.contract.model import FindContactResult
    from connectors.insightly.connector import InsightlyConnector

    class Hiding(InsightlyConnector):
        async def find_contact(self, request):
            try:
                return await super().find_contact(request)
            except ConnectorError:
                return FindContactResult(successful=True, matched_contact_info=())
"""
TELLS_FAILURES = """
    from connectors.insightly.connector import InsightlyConnector

    class Telling(InsightlyConnector):
        pass
"""
SUFFIX = """
    from connectors.contract.model import Contact, FindContactResult
    from connectors.insightly.connector import InsightlyConnector

    class Suffix(InsightlyConnector):
        async def find_contact(self, request):
            answer = await self.http.get(
                request.user.info("apiUrl") + "/v3.1/contacts/search",
                params={"field_name": "LAST_NAME", "field_value": "Suffix"},
                headers={"Authorization": request.auth_header},
            )
            found = [
                Contact(id=row["CONTACT_ID"], name="Sam Suffix", phone=row["PHONE"], type="contact")
                for row in answer.json()
                if row["PHONE"][-7:] == request.phone_number[-7:]
            ]
            return FindContactResult(successful=True, matched_contact_info=tuple(found))
"""


class Crm:
    """The sandbox's Insightly, as its administrator sees it."""

    def __init__(self, urls):
        self.urls = urls
        self._http = httpx.AsyncClient(base_url=urls["insightly"] + "/v3.1", auth=AUTH)

    async def add(self, kind="contacts", **fields):
        body = {"FIRST_NAME": "Petra", "LAST_NAME": "Known", **fields}
        answer = await self._http.post(f"/{kind}", json=body)
        assert answer.status_code in (200, 201), answer.text
        record = answer.json()
        return record["LEAD_ID" if kind == "leads" else "CONTACT_ID"]

    async def change(self, kind, record_id, **fields):
        key = "LEAD_ID" if kind == "leads" else "CONTACT_ID"
        answer = await self._http.put(f"/{kind}", json={key: record_id, **fields})
        assert answer.status_code == 200, answer.text

    async def close(self):
        await self._http.aclose()


class Case:
    """One connection on one sandbox, and the lookups a user makes with it."""

    def __init__(self, crm, bench, store):
        self.crm, self.bench, self.store = crm, bench, store

    async def find(self, formats=(), **options):
        run = await self.bench.find(NUMBER, formats, **options)
        return evidence_of(self.bench.journal.events(run.run_id), run.run_id)

    async def finds(self, record_id, formats=(), **options):
        evidence = await self.find(formats, **options)
        return str(record_id) in {str(each.get("id")) for each in evidence.contacts}

    async def probe(self, record_id, kind="contact", formats=(), **options):
        question = Question(record_id=str(record_id), record_type=kind)
        return await probe(self.bench, NUMBER, formats, question, **options)


@pytest.fixture
def open_case(at_end):
    """Return a coroutine function that opens a connector on a sandbox of its own."""

    async def open_case(source=None, settings=None, **sandbox_options):
        sandbox = await start_or_join(home(), **sandbox_options)
        at_end.append(sandbox.close)
        crm = Crm(sandbox.urls)
        at_end.append(crm.close)
        connection = sandbox_connection("insightly", sandbox.urls)
        if settings:
            kept = {key: {"value": value} for key, value in settings.items()}
            user = msgspec.structs.replace(connection.user, user_settings=kept)
            connection = msgspec.structs.replace(connection, user=user)
        if source is not None:
            path = home() / f"own{time.monotonic_ns()}.py"
            path.write_text(textwrap.dedent(source))
            connection = msgspec.structs.replace(connection, platform=str(path))
        store = CoreStore(":memory:")
        bench = Bench(connection, LocalHost(connection.platform), store, Journal())
        await bench.open()
        at_end.append(bench.close)
        return Case(crm, bench, store)

    return open_case


@pytest.mark.parametrize(
    ("situation", "stored", "formats", "code", "first"),
    [
        ("spelling", "(628) 555-0174", [], "COMPARE_EXACT_NOT_SUFFIX", AdviceCode.ADD_FORMAT),
        (
            "no-break space",
            "(628)\u00a0555-0174",
            ["(###) ###-####"],
            "INVISIBLE_CHARACTER",
            AdviceCode.MEND_RECORD,
        ),
        ("extension text", "6285550174 ext. 12", [], "EXTENSION_TEXT", AdviceCode.MEND_RECORD),
        ("wrong country", "+44 6285550174", [], "WRONG_REGION", AdviceCode.MEND_RECORD),
        (
            "too few places",
            "(628) 555-0174",
            ["(###) ###-###"],
            "PLACEHOLDER_COUNT",
            AdviceCode.ADD_FORMAT,
        ),
        ("another number", "4155550111", [], "OTHER_NUMBER", AdviceCode.MEND_RECORD),
        ("area code missing", "555-0174", [], "COMPARE_EXACT_NOT_SUFFIX", AdviceCode.MEND_RECORD),
        (
            "three formats taken",
            "628.555.0174",
            ["+1##########", "+1 ### ### ####", "1-###-###-####"],
            "COMPARE_EXACT_NOT_SUFFIX",
            AdviceCode.ADD_FORMAT,
        ),
    ],
)
async def test_a_stored_text_that_was_not_asked(open_case, situation, stored, formats, code, first):
    case = await open_case()
    record_id = await case.crm.add(PHONE=stored)
    assert not await case.finds(record_id, formats)
    made = await case.probe(record_id, formats=formats)
    assert made.verdict.code == code, made.verdict.text
    best = made.advice[0]
    assert best.code == first
    if best.code is AdviceCode.ADD_FORMAT:
        formats = formats_with(formats, best)
        assert len(formats) <= 3
    else:
        await case.crm.change("contacts", record_id, **{best.field or "PHONE": best.value})
    assert await case.finds(record_id, formats)


async def test_a_field_that_is_not_searched(open_case):
    case = await open_case()
    record_id = await case.crm.add(PHONE_HOME=NSN)
    assert not await case.finds(record_id)
    made = await case.probe(record_id)
    assert made.verdict.code == "FIELD_NOT_SEARCHED"
    best, other = made.advice
    assert (best.code, best.field) == (AdviceCode.SEARCH_FIELD, "PHONE_HOME")
    assert "insightlyExtraPhoneFieldNameForContact" in best.text
    named = await open_case(settings={"insightlyExtraPhoneFieldNameForContact": best.field})
    assert await named.finds(record_id)
    assert (other.code, other.field, other.value) == (AdviceCode.MEND_RECORD, "PHONE", NSN)


async def test_a_converted_lead_is_filtered_out(open_case):
    case = await open_case()
    record_id = await case.crm.add("leads", PHONE=NSN, CONVERTED=True)
    assert not await case.finds(record_id)
    made = await case.probe(record_id, "lead")
    assert made.verdict.code == "RECORD_FILTERED"
    assert "converted" in made.verdict.text
    assert made.advice[0].code is AdviceCode.MEND_RECORD
    await case.crm.change("leads", record_id, CONVERTED=False)
    assert await case.finds(record_id)


async def test_an_index_that_is_late(open_case):
    case = await open_case(index_delay_s=1.5)
    record_id = await case.crm.add(PHONE=NSN)
    assert not await case.finds(record_id)
    made = await case.probe(record_id)
    assert (made.verdict.code, made.verdict.proven) == ("INDEX_DELAY", False)
    assert made.advice[0].code is AdviceCode.WAIT_FOR_INDEX
    while not await case.finds(record_id):  # the test's own time limit ends this
        pass


async def test_an_account_cache_that_is_stale(open_case):
    case = await open_case()
    await case.crm.add(FIRST_NAME="Old", PHONE=NSN)
    await case.find()
    record_id = await case.crm.add(PHONE=NSN)
    assert not await case.finds(record_id)
    made = await case.probe(record_id)
    assert made.verdict.code == "STALE_CACHE"
    assert made.advice[0].code is AdviceCode.CLEAR_CACHE
    assert not await case.finds(record_id), "a probe leaves the cache as it is"
    assert await case.finds(record_id, force_refresh=True)
    assert await case.finds(record_id)


async def test_an_extension_that_remembers_nobody(open_case):
    case = await open_case()
    record_id = await case.crm.add(PHONE=NSN)
    made = await case.probe(record_id, remembered_nobody=True)
    assert made.verdict.code == "NEGATIVE_CACHE"
    assert made.advice[0].code is AdviceCode.CLEAR_CACHE


async def test_a_rate_limit_hidden_as_not_found(open_case):
    faults = ["insightly/contacts/search=429"]
    case = await open_case(HIDES_FAILURES, faults=faults)
    record_id = await case.crm.add(PHONE=NSN)
    assert not await case.finds(record_id)
    made = await case.probe(record_id)
    assert made.verdict.code == "RATE_LIMIT"
    assert made.advice[0].code is AdviceCode.FIX_CONNECTOR
    telling = await open_case(TELLS_FAILURES, faults=[])
    assert await telling.finds(record_id)


async def test_a_shared_number(open_case):
    case = await open_case()
    record_id = await case.crm.add(PHONE=NSN)
    await case.crm.add(FIRST_NAME="Paul", PHONE=NSN)
    made = await case.probe(record_id)
    assert made.verdict.code == "MULTIPLE"
    assert made.advice[0].code is AdviceCode.NONE
    assert await case.finds(record_id)


async def test_a_wrong_person_by_the_last_digits(open_case):
    case = await open_case(SUFFIX)
    record_id = await case.crm.add(FIRST_NAME="Sam", LAST_NAME="Suffix", PHONE="4155550174")
    assert verdict_of(await case.find()).code == "WRONG_PERSON"
    made = await case.probe(record_id)
    assert made.verdict.code == "WRONG_PERSON"
    assert made.advice[0].code is AdviceCode.FIX_CONNECTOR
    mended = await open_case(SUFFIX.replace("[-7:]", "[-10:]"))
    assert not await mended.finds(record_id, force_refresh=True)


async def test_a_spelling_that_an_earlier_hit_kept_from_being_asked(open_case):
    case = await open_case()
    await case.crm.add(FIRST_NAME="First", PHONE=NSN)
    record_id = await case.crm.add(PHONE="(628) 555-0174")
    made = await case.probe(record_id, formats=["(###) ###-####"])
    assert made.verdict.code == "STOPPED_EARLIER"
    best = made.advice[0]
    await case.crm.change("contacts", record_id, **{best.field: best.value})
    assert await case.finds(record_id, force_refresh=True)


async def test_a_connector_that_leaves_a_record_out(open_case):
    case = await open_case(
        """
        from connectors.contract.model import FindContactResult
        from connectors.insightly.connector import InsightlyConnector

        class Leaving(InsightlyConnector):
            async def find_contact(self, request):
                await super().find_contact(request)
                return FindContactResult(successful=True, matched_contact_info=())
        """
    )
    record_id = await case.crm.add(PHONE=NSN)
    made = await case.probe(record_id)
    assert (made.verdict.code, made.verdict.proven) == ("RECORD_FILTERED", True)
    assert made.advice[0].code is AdviceCode.FIX_CONNECTOR


async def test_a_kind_of_record_that_is_not_searched(open_case):
    case = await open_case(
        """
        from connectors.insightly import connector
        from connectors.insightly.records import CONTACT, LEAD

        class ContactsOnly(connector.InsightlyConnector):
            async def _wave(self, api, wave, spelling, refused):
                contacts = [search for search in wave if search.kind is CONTACT]
                return await super()._wave(api, contacts, spelling, refused)
        """
    )
    record_id = await case.crm.add("leads", PHONE=NSN)
    made = await case.probe(record_id, "lead")
    assert made.verdict.code == "OBJECT_NOT_SEARCHED"
    assert made.advice[0].code is AdviceCode.SEARCH_FIELD


async def test_a_connector_that_ignores_formats_is_told_apart(open_case):
    case = await open_case(
        """
        import msgspec
        from connectors.insightly.connector import InsightlyConnector

        class Ignoring(InsightlyConnector):
            async def find_contact(self, request):
                plain = msgspec.structs.replace(request, overriding_format="")
                return await super().find_contact(plain)
        """
    )
    record_id = await case.crm.add(PHONE="(628) 555-0174")
    made = await case.probe(record_id)
    assert made.verdict.code == "COMPARE_EXACT_NOT_SUFFIX"
    codes = [advice.code for advice in made.advice]
    assert AdviceCode.ADD_FORMAT not in codes
    assert codes[0] is AdviceCode.MEND_RECORD
    assert "does not use the phone formats" in made.advice[1].text


async def test_a_record_that_is_found_needs_nothing(open_case):
    case = await open_case()
    record_id = await case.crm.add(PHONE=NSN)
    made = await case.probe(record_id)
    assert made.verdict.code == "FOUND"
    assert [advice.code for advice in made.advice] == [AdviceCode.NONE]
    assert [stored.comparison.match for stored in made.stored] == ["NSN"]


# Naming the record.


async def test_a_record_is_named_by_its_name_and_read_whole(open_case):
    case = await open_case()
    record_id = await case.crm.add(PHONE_HOME="628-555-0174", PHONE_MOBILE="(212) 555-0100")
    made = await probe(case.bench, NUMBER, [], Question(name="petra known"))
    assert made.contact["id"] == record_id
    assert {stored.field for stored in made.stored} == {"PHONE_HOME", "PHONE_MOBILE"}


async def test_of_several_with_one_name_the_one_with_the_number_is_meant(open_case):
    case = await open_case()
    await case.crm.add(PHONE="2125550100")
    record_id = await case.crm.add(PHONE="628-555-0174")
    made = await probe(case.bench, NUMBER, [], Question(name="Petra Known"))
    assert made.contact["id"] == record_id


async def test_several_with_one_name_are_listed(open_case):
    case = await open_case()
    ids = [await case.crm.add(PHONE=NSN) for _ in range(2)]
    with pytest.raises(ProbeError) as caught:
        await probe(case.bench, NUMBER, [], Question(name="Petra Known"))
    assert all(str(each) in str(caught.value) for each in ids)


async def test_a_name_that_nobody_has_is_said_with_a_next_step(open_case):
    case = await open_case()
    made = await probe(case.bench, NUMBER, [], Question(name="Nobody Atall"))
    assert (made.contact, made.verdict.code) == (None, "RECORD_NOT_FOUND")
    assert "by its id" in made.advice[0].text


async def test_a_pasted_text_needs_no_record(open_case):
    case = await open_case()
    made = await probe(case.bench, NUMBER, [], Question(stored="(628) 555-0174"))
    assert made.contact is None
    assert made.verdict.code == "COMPARE_EXACT_NOT_SUFFIX"
    assert (made.advice[0].code, made.advice[0].format) == (
        AdviceCode.ADD_FORMAT,
        "(###) ###-####",
    )


async def test_a_crm_that_refuses_the_search_is_told(open_case):
    case = await open_case(faults=["insightly/contacts/search=500"])
    with pytest.raises(ProbeError) as caught:
        await probe(case.bench, NUMBER, [], Question(name="Petra Known"))
    assert caught.value.crm_failed


async def test_a_connector_without_a_way_to_read_by_id_uses_what_was_seen(open_case):
    case = await open_case(
        """
        from connectors.insightly.connector import InsightlyConnector

        class Unreading(InsightlyConnector):
            get_contact = None
        """
    )
    record_id = await case.crm.add(PHONE="(628) 555-0174")
    with pytest.raises(ProbeError, match="by its id"):
        await case.probe(record_id)
    await case.bench.search("Petra Known")
    made = await case.probe(record_id)
    assert made.verdict.code == "COMPARE_EXACT_NOT_SUFFIX"


def test_the_demo_numbers_are_not_those_of_this_test():
    assert NUMBER not in {demo.e164 for demo in seed.DEMO.values()}
