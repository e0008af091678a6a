from datetime import UTC, datetime, timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.appconnect.token import claims_of, why_refused

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def token(**claims):
    return jwt.encode(claims, "a-key-of-the-server-0123456789-0123456789", "HS256")


def test_the_payload_is_read_without_the_key():
    assert claims_of(token(id="u1-desk", platform="desk")) == {"id": "u1-desk", "platform": "desk"}


@pytest.mark.parametrize("text", ["", "desk-k3y", "a.b.c", "a.bm8.c", "a.WzFd.c"])
def test_other_texts_have_no_claims(text):
    assert claims_of(text) == {}


@given(st.text())
def test_no_text_makes_it_raise(text):
    assert isinstance(claims_of(text), dict)
    assert why_refused(text, NOW)


def test_a_refusal_is_explained():
    past = NOW - timedelta(hours=3)
    assert why_refused(token(exp=past), NOW) == "it was good until 2026-11-25 09:00 UTC"
    assert "another server" in why_refused(token(exp=NOW + timedelta(days=1)), NOW)
    assert why_refused("desk-k3y", NOW) == "it is no JWT"
    # More seconds than a calendar has.
    assert why_refused(token(exp=-(10**20)), NOW) == "it was good until long ago"
