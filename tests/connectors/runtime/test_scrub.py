"""A browser's recording holds all of its user's secrets; none may be kept."""

import base64

import msgspec
import pytest

from connectors.contract.exchange import Body, Exchange
from connectors.runtime.redact import Redactor
from connectors.runtime.scrub import scrubbed, scrubbed_request

CANARY = "c4n4ry-0123456789"


def exchange(**more):
    given = {"id": 1, "invocation": 0, "started_ms": 0.0, "method": "GET", "url": "https://c.test/"}
    return Exchange(**(given | more))


@pytest.mark.parametrize(
    "held",
    [
        {"url": f"https://c.test/contact?jwtToken={CANARY}&phoneNumber=%2B1415"},
        {"url": f"https://user:{CANARY}@c.test/"},
        {"routed_to": f"http://127.0.0.1/?access_token={CANARY}"},
        {"headers": (("authorization", f"Bearer {CANARY}"),)},
        {"headers": (("Cookie", f"sid={CANARY}; theme=dark"),)},
        {"headers": ((":path", f"/contact?jwtToken={CANARY}"),)},
        {"body": Body(text=f'{{"password": "{CANARY}"}}', mime_type="application/json")},
        {"body": Body(text=f"api_key={CANARY}&a=1", mime_type="application/x-www-form-urlencoded")},
        {"response_headers": (("Set-Cookie", f"sid={CANARY}"),)},
        {"response_headers": (("Location", f"https://c.test/?access_token={CANARY}"),)},
        {"response_body": Body(text=f'{{"access_token": "{CANARY}"}}')},
        {"error": f"ConnectError: https://c.test/?access_token={CANARY} refused"},
    ],
)
def test_a_secret_goes_wherever_it_stands_under_its_name(held):
    kept = scrubbed(exchange(**held), Redactor())
    assert CANARY not in msgspec.json.encode(kept).decode()


def test_a_token_in_a_header_goes_from_the_bodies_too_also_inside_base64():
    inside = base64.b64encode(f"\x00user:{CANARY}\xff".encode("latin-1")).decode()
    kept = scrubbed(
        exchange(
            headers=(("Authorization", f"Bearer {CANARY}"),),
            body=Body(text=f"say {CANARY}"),
            response_body=Body(text=inside, encoding="base64"),
        ),
        Redactor(),
    )
    assert kept.body.text == "say [REDACTED]"
    assert "[REDACTED]" in kept.response_body.text


def test_everything_else_stays():
    whole = exchange(
        url="https://c.test/contact?phoneNumber=%2B1415",
        headers=(("Accept", "*/*"),),
        body=Body(text='{"name": "Anna"}', size=16, mime_type="application/json"),
        status=200,
        reason="OK",
        response_headers=(("Content-Type", "text/plain"),),
        response_body=Body(text="+1 415 555 0132", size=15),
    )
    assert scrubbed(whole, Redactor()) == whole


def test_the_asking_half_alone():
    both = exchange(
        url=f"https://c.test/?token={CANARY}", response_body=Body(text='{"token": "kept"}')
    )
    kept = scrubbed_request(both, Redactor())
    assert CANARY not in kept.url
    assert kept.response_body == both.response_body
