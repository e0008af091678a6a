from __future__ import annotations

import base64
import json
import string

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from connectors.server.tokens import (
    LIFETIME_S,
    MAX_LENGTH,
    REFRESHED_BELOW_S,
    Claims,
    Tokens,
    token_of,
)

KEY = "k" * 64
OTHER = "o" * 64
NOW = 1_800_000_000


def tokens(*keys, now=NOW):
    return Tokens(keys or (KEY,), now=lambda: now)


def signed(payload, key=KEY, algorithm="HS256"):
    return jwt.encode(payload, key, algorithm=algorithm)


def fields(**changes):
    return {"id": "u1", "platform": "crm", "iat": NOW, "exp": NOW + LIFETIME_S} | changes


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_is_productions():
    token = tokens().issue("u1-crm", "crm")
    payload = jwt.decode(
        token, KEY, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False}
    )
    assert payload == {"id": "u1-crm", "platform": "crm", "iat": NOW, "exp": NOW + 1_209_600}
    assert jwt.get_unverified_header(token)["alg"] == "HS256"


def test_what_was_issued_is_read():
    assert tokens().read(tokens().issue("u1", "crm")) == Claims("u1", "crm", NOW + LIFETIME_S)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "é" * 20,
        "." * 100,
        "\0",
        "x" * (MAX_LENGTH + 1),
        signed(fields(), OTHER),
        signed(fields(), algorithm="HS512"),
        signed(fields(exp=NOW)),
        signed(fields(exp=NOW - 1)),
        signed(fields(exp="soon")),
        signed(fields(exp=True)),
        signed(fields(exp=2**80)),
        signed(fields(iat=NOW + 3600)),
        signed(fields(iat="then")),
        signed(fields(id="")),
        signed(fields(id=7)),
        signed(fields(id="x" * 256)),
        signed(fields(id="a\0b")),
        signed(fields(platform=None)),
        signed(fields(platform=["crm"])),
        signed({"id": "u1", "platform": "crm", "iat": NOW}),
        f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(fields())}.",
        f"{part({'alg': 'None'})}.{part(fields())}.",
        f"{part({'alg': 'HS256'})}.{part(fields())}.",
        f"{part({'alg': 'HS256'})}.{part([1, 2])}.x",
        f"{part({'alg': 'RS256'})}.{part(fields())}.x",
        signed(fields())[:-2],
        signed(fields()) + "x",
    ],
)
def test_a_hostile_token_is_none(token):
    assert tokens().read(token) is None


def test_a_token_signed_with_a_later_key_is_good_and_replaced():
    both = tokens(OTHER, KEY)
    claims = both.read(tokens(KEY).issue("u1", "crm"))
    assert claims is not None
    assert claims.stale
    refreshed = both.refreshed(claims)
    assert tokens(OTHER).read(refreshed) == Claims("u1", "crm", NOW + LIFETIME_S)


def test_a_token_that_was_read_before_still_ends():
    clock = [NOW]
    server = Tokens((KEY,), now=lambda: clock[0])
    token = server.issue("1-insightly", "insightly")
    assert server.read(token) == server.read(token)
    clock[0] += LIFETIME_S - 1
    assert server.read(token)
    clock[0] += 1
    assert server.read(token) is None


def test_a_retired_key_opens_nothing():
    assert tokens(OTHER).read(tokens(KEY).issue("u1", "crm")) is None


@pytest.mark.parametrize(
    ("left", "refreshed"), [(REFRESHED_BELOW_S + 1, False), (REFRESHED_BELOW_S, True), (1, True)]
)
def test_the_next_token_comes_in_the_last_week(left, refreshed):
    claims = Claims("u1", "crm", NOW + left)
    assert (tokens().refreshed(claims) is not None) is refreshed


@given(st.text(max_size=300))
def test_no_text_is_a_token(text):
    assert tokens().read(text) is None


@given(st.data())
def test_a_token_with_one_character_changed_is_none_or_the_same(data):
    token = tokens().issue("u1", "crm")
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_."))
    changed = token[:place] + character + token[place + 1 :]
    # The last character of base64 has bits that mean nothing.
    assert tokens().read(changed) in (None, tokens().read(token))


@given(
    st.dictionaries(
        st.sampled_from(["id", "platform", "iat", "exp"]),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()),
    )
)
def test_a_signed_token_of_any_shape_is_read_or_none(payload):
    if isinstance(payload.get("exp"), str | list) or "exp" in payload:
        claims = tokens().read(signed(payload))
        if claims is not None:
            assert claims.user_id == payload["id"]
            assert claims.platform == payload["platform"]
            assert claims.expires_at > NOW


@pytest.mark.parametrize(
    ("authorization", "query", "token"),
    [
        ("Bearer abc", "", "abc"),
        ("bearer  abc ", "", "abc"),
        ("Bearer abc", "jwtToken=def", "abc"),
        ("Basic abc", "jwtToken=def", "def"),
        ("Bearer", "jwtToken=def", "def"),
        ("", "jwtToken=def", "def"),
        ("", "jwtToken=a&jwtToken=b", "b"),
        ("", "", ""),
    ],
)
def test_where_a_token_is(authorization, query, token):
    headers = [(b"authorization", authorization.encode())] if authorization else []
    scope = {"type": "http", "headers": headers, "query_string": query.encode()}
    assert token_of(Request(scope)) == token
