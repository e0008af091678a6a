"""What is put is what is read, whatever comes in with a JSON body."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract.model import User
from connectors.runtime.store import CallLogRecord
from connectors.server.database import Database
from connectors.server.sealing import Sealer

EXAMPLES = settings(max_examples=40, deadline=None)

texts = st.text(
    st.characters() | st.sampled_from("\0\\u\ud800\udfff"), max_size=20
) | st.sampled_from(["x" * 3000, "😀" * 1000, "\0" * 600, "' OR 1=1 --", "$1", "?", "%s", ":id"])
ids = texts | st.integers() | st.sampled_from([10**30, -1, 0, "0", "007"])
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | texts
    | st.sampled_from([10**300, 12345678901234567890, 0.1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(texts, values, max_size=4)
users = st.builds(
    User,
    id=texts,
    platform=texts,
    hostname=texts,
    timezone_name=texts,
    timezone_offset=st.none() | texts | st.floats(allow_nan=False) | st.integers(-14, 14),
    access_token=texts,
    refresh_token=texts,
    token_expiry=st.none() | texts | st.floats(allow_nan=False),
    rc_account_id=st.none() | texts,
    platform_additional_info=st.none() | objects,
    user_settings=st.none() | objects,
)


@contextlib.contextmanager
def opened(url):
    """A database, and what runs its coroutines."""
    with asyncio.Runner() as runner:
        database = runner.run(Database.open(url, Sealer(["the server's secret key, long enough"])))
        try:
            yield database, runner.run
        finally:
            runner.run(database.close())


def same(read, put):
    """Equal, and of the same kinds throughout: 1, 1.0 and True are told apart."""
    return repr(read) == repr(put)


def test_users(database_url):
    with opened(database_url) as (database, run):

        @EXAMPLES
        @given(users, users, texts)
        def check(user, other, platform):
            run(database.put_user(user, platform))
            assert same(run(database.user(user.id, platform)), user)
            changed = msgspec.structs.replace(other, id=user.id)
            stored = run(database.change_user(user.id, platform, lambda _: changed))
            assert same(stored, changed)
            assert same(run(database.user(user.id, platform)), changed)

        check()


def test_contacts_and_account_data(database_url):
    with opened(database_url) as (database, run):

        @EXAMPLES
        @given(texts, texts, texts, st.lists(values, max_size=3), values)
        def check(account, platform, key, contacts, value):
            run(database.put_contacts(account, platform, key, contacts))
            assert same(run(database.cached_contacts(account, platform, key)).contacts, contacts)
            run(database.put_account_data(account, platform, key, value))
            assert same(run(database.account_data(account, platform))[key].value, value)

        check()


def test_records_of_logged_calls(database_url):
    with opened(database_url) as (database, run):

        @EXAMPLES
        @given(texts, texts, texts, ids, ids, texts)
        def check(session, platform, user, log_id, contact_id, telephony_session):
            put = CallLogRecord(session, platform, user, log_id, contact_id, telephony_session)
            run(database.put_call_log(put))
            read = run(database.call_log(session, platform, user))
            assert same(
                (read.third_party_log_id, read.contact_id, read.id),
                (log_id, contact_id, telephony_session),
            )
            assert (read.session_id, read.platform, read.user_id) == (session, platform, user)

        check()


def test_claims(database_url):
    with opened(database_url) as (database, run):

        @EXAMPLES
        @given(texts, texts, texts)
        def check(key, owner, other):
            assert run(database.claim(key, owner, 60))
            assert not run(database.claim(key, other, 60))
            run(database.release(key, owner))
            assert run(database.claim(key, other, 60))
            run(database.release(key, other))

        check()
