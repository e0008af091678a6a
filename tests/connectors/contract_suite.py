"""What every connector must do. A connector's test inherits :class:`ConnectorContract`.

The connector talks to a small strict fake of its CRM, a :class:`FakeCrm`, through a real
``httpx.AsyncClient``: URLs, encodings, JSON and status codes are the real ones.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

import connectors
from connectors.contract import errors, model
from connectors.contract.connector import Connector
from connectors.contract.manifest import Manifest, read_manifest
from connectors.contract.operations import OPERATIONS
from tests.connectors.bench_context import RecordingContext

NUMBER = "+16505551234"
NSN = "6505551234"
OTHER_NUMBER = "+442079460958"
NEW_ONLY = (model.NEW_CONTACT_ID,)


class CutStream(httpx.AsyncByteStream):
    """A body of which the connection delivers only the beginning."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"data": ['
        raise httpx.RemoteProtocolError("peer closed connection without sending complete body")


class FakeCrm:
    """The base of a strict fake: an unknown route or a malformed request fails the test.

    Attributes:
        requests: everything that was asked, in order.
        fault: answers instead of the CRM when it returns a response or raises.
    """

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.fault: Callable[[httpx.Request], httpx.Response | None] = lambda _request: None

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """Record the request; answer with the fault, else as the CRM does."""
        await request.aread()
        self.requests.append(request)
        return self.fault(request) or self.answer(request)

    # What a CRM's fake defines.

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as the CRM does; raise AssertionError for what the CRM does not know."""
        raise AssertionError(f"unknown route {request.method} {request.url}")

    def add_person(
        self, first: str, last: str, phone: str, kind: str, *, in_all_fields: bool = False
    ) -> model.ContactId:
        """Keep a person of contact type `kind` whose phone is stored exactly so; return the id.

        With `in_all_fields` the number stands in every phone field that the connector searches.
        """
        raise AssertionError("add_person is not defined")

    def add_link(self, person: model.ContactId) -> None:
        """Give a person a record that enriches the lookup (an organisation, a deal)."""
        raise AssertionError("add_link is not defined")

    def searched(self) -> list[str]:
        """Return each spelling that was searched, decoded, once, in the order of asking."""
        raise AssertionError("searched is not defined")

    def created(self) -> list[dict[str, Any]]:
        """Return each created contact as ``{first, last, phone, kind}`` as the CRM stored it."""
        raise AssertionError("created is not defined")


class ConnectorContract:
    """The behaviour of every connector; see the eight rules in the design's section 4.

    Attributes:
        connector_class: the connector.
        platform: the folder's name under ``connectors``.
        kinds: every contact type that a lookup returns and create takes, as the manifest spells it.
        config: configuration by production's names.
        auth_header: what core prepares.
    """

    connector_class: ClassVar[type[Connector]]
    platform: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]]
    config: ClassVar[Mapping[str, str]] = {}
    auth_header: ClassVar[str] = "Basic a2V5Og=="

    # What a connector's test defines.

    def new_crm(self) -> FakeCrm:
        """Return an empty fake of the CRM."""
        raise AssertionError("new_crm is not defined")

    def user(self) -> model.User:
        """Return a connected user."""
        raise AssertionError("user is not defined")

    def is_enrichment(self, request: httpx.Request) -> bool:
        """Tell whether a request only enriches what was found; False everywhere: there are none."""
        return False

    def is_create(self, request: httpx.Request) -> bool:
        """Tell whether a request creates a contact."""
        raise AssertionError("is_create is not defined")

    def submission(self, kind: str) -> dict[str, Any]:
        """Return the additional fields that the create form sends for `kind`."""
        return {}

    # The ground the tests stand on.

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[Any, Any, RecordingContext]]:
        """Yield a connector, its fake CRM and its context."""
        crm = self.new_crm()
        async with httpx.AsyncClient(transport=httpx.MockTransport(crm.handle)) as http:
            context = RecordingContext(http, dict(self.config))
            yield self.connector_class(context), crm, context

    def find(self, number: str = NUMBER, **more: Any) -> model.FindContactInput:
        return model.FindContactInput(
            user=self.user(), auth_header=self.auth_header, phone_number=number, **more
        )

    def find_name(self, name: str) -> model.FindContactWithNameInput:
        return model.FindContactWithNameInput(
            user=self.user(), auth_header=self.auth_header, name=name
        )

    def create(self, name: str, kind: str | None, **more: Any) -> model.CreateContactInput:
        more.setdefault("phone_number", NUMBER)
        return model.CreateContactInput(
            user=self.user(),
            auth_header=self.auth_header,
            new_contact_name=name,
            new_contact_type=kind,
            additional_submission=self.submission((kind or "").lower()),
            **more,
        )

    def log(self, contact: model.CallContact, **more: Any) -> model.CreateCallLogInput:
        more.setdefault("composed_log_details", "- Note: spoke about <prices> & dates")
        return model.CreateCallLogInput(
            user=self.user(),
            auth_header=self.auth_header,
            contact_info=contact,
            call_log=model.CallLog(
                session_id="8551",
                telephony_session_id="s-8551",
                direction="Inbound",
                start_time=1_761_134_400_000,
                duration=90,
                result="Call connected",
            ),
            note="spoke about <prices> & dates",
            **more,
        )

    def manifest(self) -> Manifest:
        root = Path(next(iter(connectors.__path__)))
        return read_manifest(root / self.platform / "manifest.json")

    @staticmethod
    def people(result: model.FindContactResult) -> list[model.Contact]:
        """Return the real contacts of a result."""
        return [each for each in result.matched_contact_info or () if not each.is_new_contact]

    @staticmethod
    def ids(result: model.FindContactResult) -> tuple[model.ContactId, ...]:
        return tuple(each.id for each in result.matched_contact_info or ())

    # What it says of itself.

    def test_manifest_is_named_like_its_folder(self):
        assert self.manifest().name == self.platform

    def test_it_has_what_registration_requires_and_every_lookup(self):
        names = self.connector_class.operations()
        assert set(names) <= set(OPERATIONS)
        for name in ("getUserInfo", "findContact", "createContact", "getCallLog"):
            assert name in names
        assert {"createCallLog", "updateCallLog"} <= set(names)  # else core refuses it

    def test_name_search_is_offered_only_if_it_exists(self):
        offered = self.manifest().page.use_contact_search
        assert offered == ("findContactWithName" in self.connector_class.operations())

    def test_auth_type_is_the_manifests(self):
        assert self.connector_class.auth_type == self.manifest().auth.type

    def test_contact_types_are_one_vocabulary(self):
        assert {each.value for each in self.manifest().contact_types} == set(self.kinds)

    # Finding.

    async def test_a_found_person_is_complete(self):
        for kind in self.kinds:
            async with self.connected() as (connector, crm, _):
                expected = crm.add_person("Ada", "Lovelace", NSN, kind)
                result = await connector.find_contact(self.find())
                (person,) = self.people(result)
                assert result.successful
                assert str(person.id) == str(expected)
                assert person.name == "Ada Lovelace"
                assert person.type == kind
                assert person.phone == NSN
                assert person.created_date

    async def test_a_record_is_read_by_its_id(self):
        assert "getContact" in self.connector_class.operations()
        for kind in self.kinds:
            async with self.connected() as (connector, crm, _):
                # No search would find it: neither the spelling nor the number fits.
                expected = crm.add_person("Ada", "Lovelace", "(212) 555-0100 ext. 7", kind)
                for wanted in (kind, ""):
                    result = await connector.get_contact(
                        model.GetContactInput(
                            user=self.user(),
                            auth_header=self.auth_header,
                            contact_id=str(expected),
                            contact_type=wanted,
                        )
                    )
                    person = result.contact_info
                    assert (str(person.id), person.name) == (str(expected), "Ada Lovelace")
                    assert (person.type, person.phone) == (kind, "(212) 555-0100 ext. 7")

    async def test_an_id_that_the_crm_does_not_know_is_nobody(self):
        async with self.connected() as (connector, _, _):
            result = await connector.get_contact(
                model.GetContactInput(
                    user=self.user(), auth_header=self.auth_header, contact_id="404404"
                )
            )
            assert result.contact_info is None

    async def test_no_match_offers_only_a_new_contact(self):
        async with self.connected() as (connector, crm, _):
            crm.add_person("Ada", "Lovelace", "2125550100", self.kinds[0])
            result = await connector.find_contact(self.find())
            assert result.successful
            assert self.ids(result) == NEW_ONLY
            assert crm.requests

    async def test_a_person_is_listed_once_however_many_fields_hit(self):
        for kind in self.kinds:
            async with self.connected() as (connector, crm, _):
                crm.add_person("Ada", "Lovelace", NSN, kind, in_all_fields=True)
                found = await connector.find_contact(self.find())
                assert len(self.people(found)) == 1

    async def test_people_of_every_type_are_found_together(self):
        async with self.connected() as (connector, crm, _):
            for kind in self.kinds:
                crm.add_person("Ada", kind, NSN, kind)
            found = await connector.find_contact(self.find())
            assert {each.type for each in self.people(found)} == set(self.kinds)

    async def test_the_search_stops_at_the_first_spelling_that_finds_someone(self):
        async with self.connected() as (connector, crm, _):
            crm.add_person("Ada", "Lovelace", "650-555-1234", self.kinds[0])
            formats = "(###) ###-####,###-###-####,+1##########"
            found = await connector.find_contact(self.find(overriding_format=formats))
            assert len(self.people(found)) == 1
            assert crm.searched() == [NSN, "(650) 555-1234", "650-555-1234"]

    async def test_the_natural_spelling_comes_first_and_each_is_asked_once(self):
        async with self.connected() as (connector, crm, _):
            formats = "##########, ###-###-####,###-###-####"
            await connector.find_contact(self.find(overriding_format=formats))
            assert crm.searched() == [NSN, "650-555-1234"]
            asked = [(str(each.url), each.content) for each in crm.requests]
            assert len(asked) == len(set(asked))

    async def test_a_format_that_cannot_spell_the_number_is_never_sent(self):
        async with self.connected() as (connector, crm, _):
            formats = "###.####,(###) ###-#### x##,650-555-1234,0##########,  "
            found = await connector.find_contact(self.find(overriding_format=formats))
            assert self.ids(found) == NEW_ONLY
            assert crm.searched() == [NSN]

    @pytest.mark.parametrize(
        "pattern",
        ["+1 (***) ###-#### &=%?", "'\"\\ ** ########", "tel:*/*********", "ä ##########"],
    )
    async def test_a_spelling_reaches_the_crm_as_it_is(self, pattern):
        digits = iter(NSN)
        spelled = "".join(next(digits) if char in "*#" else char for char in pattern)
        async with self.connected() as (connector, crm, _):
            expected = crm.add_person("Ada", "Lovelace", spelled, self.kinds[0])
            found = await connector.find_contact(self.find(overriding_format=pattern))
            assert [str(each.id) for each in self.people(found)] == [str(expected)]
            assert crm.searched() == [NSN, spelled]

    async def test_an_extension_asks_nothing(self):
        async with self.connected() as (connector, crm, _):
            found = await connector.find_contact(self.find("101", is_extension="true"))
            assert not found.successful
            assert not found.matched_contact_info
            assert not crm.requests

    @pytest.mark.parametrize(
        "number", ["4155550100", "+15550001234", "anonymous", "", "1" * 10_000]
    )
    async def test_a_number_that_is_not_valid_asks_nothing_and_says_so(self, number):
        async with self.connected() as (connector, crm, _):
            found = await connector.find_contact(self.find(number))
            assert not self.people(found)
            assert found.return_message.message_type == "warning"
            assert "not a valid" in found.return_message.message
            assert not crm.requests

    async def test_failed_enrichment_is_a_finding_not_a_failed_lookup(self):
        async with self.connected() as (connector, crm, context):
            person = crm.add_person("Ada", "Lovelace", NSN, self.kinds[0])
            with contextlib.suppress(AssertionError):
                crm.add_link(person)
            crm.fault = lambda request: httpx.Response(404) if self.is_enrichment(request) else None
            found = await connector.find_contact(self.find())
            assert [str(each.id) for each in self.people(found)] == [str(person)]
            if any(self.is_enrichment(each) for each in crm.requests):
                assert {code for code, _ in context.findings} == {"ENRICHMENT_FAILED"}
                assert all(len(text.split()) > 4 for _, text in context.findings)
            else:
                assert not context.findings

    # Failing.

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (401, errors.AuthenticationError),
            (403, errors.PermissionDeniedError),
            (404, errors.RecordNotFoundError),
            (429, errors.RateLimitError),
            (500, errors.CrmUnavailableError),
            (503, errors.CrmUnavailableError),
        ],
    )
    async def test_a_refusal_is_an_error_never_no_match(self, status, error):
        headers = {"retry-after": "7"} if status == 429 else {}
        async with self.connected() as (connector, crm, _):
            crm.fault = lambda _: httpx.Response(status, json={}, headers=headers)
            for operation in self.each_operation(connector):
                with pytest.raises(error) as caught:
                    await operation()
                assert caught.value.status == status
                self.assert_sentence(caught.value)

    @pytest.mark.parametrize(
        ("content", "kind", "said"),
        [
            (b"<!doctype html><title>Maintenance</title>", "text/html", "HTML"),
            (b'{"data": [', "application/json", "broken JSON"),
            (b"", "application/json", "empty"),
            (b"\xff\xfe\x00", "application/octet-stream", "no JSON"),
            (b'"a text"', "application/json", "expected"),
            (b"7", "application/json", "expected"),
        ],
    )
    async def test_an_answer_of_another_kind_is_an_error(self, content, kind, said):
        async with self.connected() as (connector, crm, _):
            crm.fault = lambda _: httpx.Response(
                200, content=content, headers={"content-type": kind}
            )
            for operation in self.each_operation(connector):
                with pytest.raises(errors.UnexpectedResponseError, match=said) as caught:
                    await operation()
                self.assert_sentence(caught.value)

    @pytest.mark.parametrize(
        "broken",
        [
            httpx.ReadTimeout("slow"),
            httpx.ConnectError("refused"),
            httpx.ReadError("reset"),
            httpx.TooManyRedirects("circle"),
            httpx.DecodingError("gzip"),
            None,
        ],
        ids=lambda error: type(error).__name__ if error else "cut",
    )
    async def test_a_broken_connection_is_an_error(self, broken):
        def fault(request):
            if broken is None:
                return httpx.Response(200, stream=CutStream())
            raise broken

        async with self.connected() as (connector, crm, _):
            crm.fault = fault
            for operation in self.each_operation(connector):
                with pytest.raises(errors.CrmUnavailableError) as caught:
                    await operation()
                self.assert_sentence(caught.value)

    def each_operation(self, connector: Any) -> list[Callable[[], Any]]:
        """Return a call of every operation that needs the CRM."""
        contact = model.CallContact(id="1", type=self.kinds[0], name="Ada Lovelace")
        create = self.create("Ada Lovelace", self.kinds[0])
        calls = [
            lambda: connector.find_contact(self.find()),
            lambda: connector.create_contact(create),
            lambda: connector.create_call_log(self.log(contact)),
        ]
        if hasattr(connector, "find_contact_with_name"):
            calls.append(lambda: connector.find_contact_with_name(self.find_name("Ada Lovelace")))
        return calls

    @staticmethod
    def assert_sentence(error: Exception) -> None:
        """An error is one sentence that says what failed, where, and what to do."""
        text = str(error)
        assert text[0].isupper()
        assert text.endswith(".")
        assert "\n" not in text
        assert len(text.split()) >= 6
        assert len(text) < 500

    # Searching by name.

    async def test_a_name_search_finds_by_all_words(self):
        for kind in self.kinds:
            async with self.connected() as (connector, crm, _):
                if not hasattr(connector, "find_contact_with_name"):
                    return
                expected = crm.add_person("Ada", "King Lovelace", NSN, kind)
                crm.add_person("Ada", "Byron", "2125550100", kind)
                found = await connector.find_contact_with_name(self.find_name("ada king lovelace"))
                assert [str(each.id) for each in self.people(found)] == [str(expected)]
                assert model.NEW_CONTACT_ID not in self.ids(found)

    @pytest.mark.parametrize("word", ["Ada", "lovelace"])
    async def test_a_single_word_finds_first_and_last_names(self, word):
        async with self.connected() as (connector, crm, _):
            if not hasattr(connector, "find_contact_with_name"):
                return
            expected = crm.add_person("Ada", "Lovelace", NSN, self.kinds[0])
            found = await connector.find_contact_with_name(self.find_name(word))
            assert [str(each.id) for each in self.people(found)] == [str(expected)]

    @pytest.mark.parametrize("name", ['O\'Hara & "Sons"', "A&b=1 #x é", "a:b (c) OR *"])
    async def test_any_name_can_be_searched(self, name):
        async with self.connected() as (connector, crm, _):
            if not hasattr(connector, "find_contact_with_name"):
                return
            first, _, last = name.partition(" ")
            expected = crm.add_person(first, last, NSN, self.kinds[0])
            found = await connector.find_contact_with_name(self.find_name(name))
            assert [str(each.id) for each in self.people(found)] == [str(expected)]

    # Creating.

    async def test_a_created_person_is_found_again_by_number(self):
        for kind in self.kinds:
            async with self.connected() as (connector, _, _):
                made = await connector.create_contact(self.create("Ada Lovelace", kind))
                assert made.contact_info.id
                assert made.contact_info.type == kind
                found = await connector.find_contact(self.find())
                (person,) = self.people(found)
                assert str(person.id) == str(made.contact_info.id)
                assert person.type == kind

    async def test_the_case_of_a_type_does_not_matter(self):
        for kind in self.kinds:
            async with self.connected() as (connector, crm, _):
                made = await connector.create_contact(self.create("Ada Lovelace", kind.upper()))
                assert made.contact_info.type == kind
                assert [each["kind"] for each in crm.created()] == [kind]

    async def test_a_created_name_keeps_all_its_words(self):
        async with self.connected() as (connector, crm, _):
            await connector.create_contact(self.create("Ada King Noel Lovelace", self.kinds[0]))
            (made,) = crm.created()
            assert f"{made['first']} {made['last']}" == "Ada King Noel Lovelace"

    @pytest.mark.parametrize("kind", ["", None, "spaceship"])
    async def test_create_without_a_known_type_is_refused_before_anything_is_sent(self, kind):
        async with self.connected() as (connector, crm, _):
            with pytest.raises(errors.InvalidInputError) as caught:
                await connector.create_contact(self.create("Ada Lovelace", kind))
            assert all(known in str(caught.value) for known in self.kinds)
            assert not crm.requests

    async def test_create_without_an_id_back_is_a_failure(self):
        for kind in self.kinds:
            async with self.connected() as (connector, crm, _):
                crm.fault = lambda request: (
                    httpx.Response(200, json={}) if self.is_create(request) else None
                )
                with pytest.raises(errors.UnexpectedResponseError) as caught:
                    await connector.create_contact(self.create("Ada Lovelace", kind))
                self.assert_sentence(caught.value)

    async def test_a_timed_out_create_is_not_repeated(self):
        def fault(request):
            if self.is_create(request):
                raise httpx.ReadTimeout("slow")

        async with self.connected() as (connector, crm, _):
            crm.fault = fault
            with pytest.raises(errors.CrmUnavailableError):
                await connector.create_contact(self.create("Ada Lovelace", self.kinds[0]))
            assert sum(self.is_create(each) for each in crm.requests) == 1

    # Logging.

    async def test_a_call_is_logged_read_and_changed(self):
        for kind in self.kinds:
            async with self.connected() as (connector, crm, _):
                person = crm.add_person("Ada", "Lovelace", NSN, kind)
                contact = model.CallContact(
                    id=person, type=kind.upper(), name="Ada Lovelace", phone_number=NUMBER
                )
                logged = await connector.create_call_log(self.log(contact))
                assert logged.log_id
                read = await self.read_log(connector, logged.log_id)
                assert "prices" in read.call_log_info.note + str(read.call_log_info.full_body)
                assert read.call_log_info.contact_name == "Ada Lovelace"
                changed = await connector.update_call_log(
                    model.UpdateCallLogInput(
                        user=self.user(),
                        auth_header=self.auth_header,
                        existing_call_log=model.ExistingCallLog(third_party_log_id=logged.log_id),
                        note="sent the offer",
                        composed_log_details="- Note: sent the offer",
                    )
                )
                assert changed.updated_note
                read = await self.read_log(connector, logged.log_id)
                assert "sent the offer" in read.call_log_info.note + str(
                    read.call_log_info.full_body
                )

    async def read_log(self, connector: Any, log_id: model.ContactId) -> model.GetCallLogResult:
        return await connector.get_call_log(
            model.GetCallLogInput(
                user=self.user(), auth_header=self.auth_header, call_log_id=log_id
            )
        )

    async def test_a_log_without_an_id_back_is_a_failure(self):
        async with self.connected() as (connector, crm, _):
            contact = model.CallContact(id="1", type=self.kinds[0], name="Ada Lovelace")
            crm.fault = lambda _: httpx.Response(200, json={})
            with pytest.raises(errors.UnexpectedResponseError) as caught:
                await connector.create_call_log(self.log(contact))
            self.assert_sentence(caught.value)
