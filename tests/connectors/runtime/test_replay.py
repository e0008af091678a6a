"""Answers from a recording; the client is the connectors' own, and there is no network."""

import httpx
import msgspec
import pytest

from connectors.contract.exchange import Body, Exchange
from connectors.contract.har import HarError, to_har
from connectors.runtime import transport
from connectors.runtime.client import build_client
from connectors.runtime.redact import REDACTED, Redactor
from connectors.runtime.replay import ReplayMissError, ReplayTransport
from connectors.runtime.transport import Invocation

ADA = Exchange(
    id=1,
    invocation=0,
    started_ms=0.0,
    method="GET",
    url="https://crm.test/people?phone=%2B1415&page=1",
    status=200,
    response_headers=(("Content-Type", "application/json"), ("Content-Encoding", "gzip")),
    response_body=Body(text='["Ada"]', size=7, mime_type="application/json"),
)


def like(**changes):
    return msgspec.structs.replace(ADA, **changes)


def posted(text, mime_type="application/json", **changes):
    return like(
        method="POST",
        url="https://crm.test/search",
        body=Body(text=text, size=len(text), mime_type=mime_type),
        **changes,
    )


@pytest.fixture
def replay(at_end):
    def replay(*exchanges, secrets=()):
        captured = []
        transport.current.set(
            Invocation(
                redactor=Redactor(secrets),
                emit=captured.append,
                network=ReplayTransport(list(exchanges)),
            )
        )
        client = build_client()
        at_end.append(client.aclose)
        return client, captured

    return replay


async def test_the_same_request_gets_the_recorded_answer(replay):
    client, captured = replay(ADA)
    response = await client.get("https://crm.test/people?page=1&phone=%2b1415")
    assert (response.status_code, response.json()) == (200, ["Ada"])
    assert (captured[0].status, captured[0].routed_to) == (200, None)


async def test_recordings_of_one_request_are_used_in_order_and_the_last_stays(replay):
    later = like(response_body=Body(text='["Eve"]', size=7, mime_type="application/json"))
    client, _ = replay(ADA, later)
    answers = [(await client.get(ADA.url)).json() for _ in range(3)]
    assert answers == [["Ada"], ["Eve"], ["Eve"]]


@pytest.mark.parametrize(
    ("recorded", "sent"),
    [
        (posted('{"a": 1, "b": [2]}'), {"json": {"b": [2], "a": 1}}),
        (
            posted("b=2&a=x+y", "application/x-www-form-urlencoded"),
            {"data": {"a": "x y", "b": "2"}},
        ),
        (posted("plain", "text/plain"), {"content": "plain"}),
    ],
)
async def test_bodies_are_compared_by_what_they_mean(replay, recorded, sent):
    client, _ = replay(recorded)
    assert (await client.post("https://crm.test/search", **sent)).json() == ["Ada"]


async def test_secrets_are_compared_as_they_are_kept(replay):
    url = f"https://crm.test/login?access_token={REDACTED}&who={REDACTED}"
    client, _ = replay(like(url=url), secrets=["s3cret-value"])
    live = "https://crm.test/login?access_token=another&who=s3cret-value"
    assert (await client.get(live)).json() == ["Ada"]


@pytest.mark.parametrize(
    ("asked", "recorded", "said"),
    [
        (("GET", "https://crm.test/people?phone=9&page=1"), ADA, r"it has no phone=9; .*\+1415"),
        (("GET", "https://crm.test/persons"), ADA, "its address is https://crm.test/people"),
        (("DELETE", ADA.url), ADA, "its method is GET"),
    ],
)
async def test_a_miss_names_the_nearest_recording_and_what_differs(replay, asked, recorded, said):
    client, captured = replay(recorded)
    with pytest.raises(ReplayMissError, match=said):
        await client.request(*asked)
    assert captured[0].error.startswith("ReplayMissError")


async def test_a_miss_says_where_a_body_differs(replay):
    client, _ = replay(posted('{"query": {"phones": ["1", "2"]}}'))
    with pytest.raises(ReplayMissError, match=r"its body differs at query\.phones\.\[1\]"):
        await client.post("https://crm.test/search", json={"query": {"phones": ["1", "3"]}})


async def test_an_empty_recording_says_so(replay):
    client, _ = replay()
    with pytest.raises(ReplayMissError, match="it is empty"):
        await client.get(ADA.url)


async def test_a_recorded_failure_fails_again(replay):
    client, _ = replay(like(status=None, response_body=None, error="ConnectError: refused"))
    with pytest.raises(httpx.ConnectError, match="refused"):
        await client.get(ADA.url)


async def test_each_kind_of_failure_fails_in_its_way(replay):
    client, _ = replay(like(status=None, response_body=None, error="ReadTimeout: slow"))
    with pytest.raises(httpx.ReadTimeout, match="slow"):
        await client.get(ADA.url)


async def test_a_browsers_recording_shows_no_secret_and_still_matches(replay, tmp_path):
    path = tmp_path / "browser.har"
    live = like(url="https://crm.test/people?access_token=live-canary-1")
    path.write_bytes(to_har([live], "1.0"))
    client, _ = replay()
    transport.current.get().network = ReplayTransport.open(path)
    answer = await client.get("https://crm.test/people?access_token=another")
    assert answer.json() == ["Ada"]
    with pytest.raises(ReplayMissError) as miss:
        await client.get("https://crm.test/persons")
    assert "live-canary-1" not in str(miss.value)


async def test_half_an_answer_is_not_passed_off_as_a_whole_one(replay):
    client, _ = replay(like(response_body=Body(text="[", size=10**7, truncated=True)))
    with pytest.raises(ReplayMissError, match="only its beginning: 10,000,000 bytes"):
        await client.get(ADA.url)


async def test_bytes_are_answered_as_bytes(replay):
    client, _ = replay(like(response_body=Body(text="/wA=", encoding="base64", size=2)))
    assert (await client.get(ADA.url)).content == b"\xff\x00"


def test_a_file_is_opened(tmp_path):
    path = tmp_path / "ada.har"
    path.write_bytes(to_har([ADA], "1.0"))
    assert isinstance(ReplayTransport.open(path), ReplayTransport)


@pytest.mark.parametrize("content", [None, b"{}", b"{"])
def test_a_file_that_is_no_recording_is_named(tmp_path, content):
    path = tmp_path / "odd.har"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(HarError, match=r"odd\.har cannot be read"):
        ReplayTransport.open(path)
