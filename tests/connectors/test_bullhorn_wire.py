"""The connector against the embedded CRM: both speak the same Bullhorn (connectors 4.1)."""

from __future__ import annotations

import contextlib

import httpx
import pytest

from app.sandbox.accounts import sandbox_config, sandbox_user
from app.sandbox.bullhorn import BullhornApi
from app.sandbox.store import Store
from connectors.bullhorn.connector import BullhornConnector
from connectors.contract import model
from tests.connectors.bench_context import RecordingContext

NUMBER = "+14155550132"


def user(**info):
    wire = sandbox_user("bullhorn")
    wire["platformAdditionalInfo"] = wire["platformAdditionalInfo"] | info
    return model.from_wire(wire, model.User)


@contextlib.asynccontextmanager
async def sandbox(path):
    with contextlib.closing(Store(path / "sandbox.sqlite")) as store:
        transport = httpx.ASGITransport(app=BullhornApi(store).router())
        async with httpx.AsyncClient(transport=transport) as http:
            context = RecordingContext(http, sandbox_config("bullhorn"))
            yield BullhornConnector(context), context


@pytest.mark.parametrize("kind", ["Candidate", "Contact", "Lead"])
async def test_a_person_is_created_found_logged_and_read(tmp_path, kind):
    async with sandbox(tmp_path) as (connector, context):
        made = await connector.create_contact(
            model.CreateContactInput(
                user=user(),
                phone_number=NUMBER,
                new_contact_name='Zoe "Z" O\'Hara (née AND)',
                new_contact_type=kind,
                additional_submission={"status": "Active"},
            )
        )
        by_number = await connector.find_contact(
            model.FindContactInput(user=user(), phone_number=NUMBER)
        )
        by_name = await connector.find_contact_with_name(
            model.FindContactWithNameInput(user=user(), name=made.contact_info.name)
        )
        for found in (by_number, by_name):
            (person,) = found.matched_contact_info
            assert (person.id, person.type) == (made.contact_info.id, kind)
            assert person.created_date
        logged = await connector.create_call_log(
            model.CreateCallLogInput(
                user=user(),
                contact_info=model.CallContact(id=person.id, type=kind),
                call_log=model.CallLog(session_id="1", start_time=1_761_134_400_000, duration=90),
                composed_log_details="<b>Agent notes</b><br>hello<br><br><b>Call details</b>",
                additional_submission={"copyToContactComments": True},
                note="hello",
            )
        )
        read = await connector.get_call_log(
            model.GetCallLogInput(user=user(), call_log_id=logged.log_id)
        )
        assert read.call_log_info.note == "hello"
        assert read.call_log_info.contact_name == made.contact_info.name
        assert read.call_log_info.dispositions == {"noteActions": "pending note"}
        assert not context.findings


async def test_an_expired_session_is_renewed_and_the_user_is_read(tmp_path):
    async with sandbox(tmp_path) as (connector, context):
        request = model.FindContactInput(user=user(bhRestToken="old"), phone_number=NUMBER)
        assert (await connector.find_contact(request)).successful
        kept = context.user_changes["platform_additional_info"]
        assert kept["bhRestToken"] == "sandbox-session"
        await connector.refresh_session(model.OperationInput(user=user(**kept)))
        known = model.GetUserInfoInput(
            auth_header=f"Bearer {user().access_token}",
            additional_info=dict(user().platform_additional_info),
        )
        info = (await connector.get_user_info(known)).platform_user_info
        assert (info.id, info.name) == ("31-bullhorn", "Sam Sandbox")
        assert not context.findings
