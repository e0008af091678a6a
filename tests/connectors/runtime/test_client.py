"""The connector's client builds what httpx builds, and keeps nothing between operations."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.runtime import transport
from connectors.runtime.client import build_client
from connectors.runtime.transport import Invocation


@given(
    st.text(
        st.characters(min_codepoint=0x20, max_codepoint=0x2FF, exclude_categories=["Cc"]),
        max_size=20,
    ),
    st.dictionaries(
        st.sampled_from(["Accept", "ACCEPT-ENCODING", "X-Own", "user-agent", "Host"]),
        st.text("abc =/;", max_size=8),
    ),
)
def test_the_shorter_way_builds_what_httpx_builds(query, headers):
    client = build_client()
    given = ("GET", f"https://crm.example/a%2Fb?q={query}")
    short = client.build_request(*given, headers=headers)
    long = httpx.AsyncClient.build_request(client, *given, headers=headers)
    assert short.url == long.url
    assert sorted(short.headers.multi_items()) == sorted(long.headers.multi_items())
    assert short.extensions == long.extensions
    assert isinstance(short.stream, httpx.AsyncByteStream)


@pytest.mark.parametrize(
    "given",
    [
        {"method": "POST", "json": {"a": 1}},
        {"method": "POST"},
        {"method": "GET", "params": {"a": ["1", "2"]}},
        {"method": "GET", "params": {"a": "x" * 65_000}},
        {"method": "GET", "params": {}},
        {"method": "GET", "params": "a=1"},
        {"method": "GET", "timeout": 3, "headers": httpx.Headers({"X": "1"})},
        {"method": "GET", "content": b"x"},
    ],
)
def test_everything_else_is_built_by_httpx(given):
    client = build_client()
    ours = client.build_request(url="https://crm.example/a", **given)
    theirs = httpx.AsyncClient.build_request(client, url="https://crm.example/a", **given)
    assert ours.headers.raw == theirs.headers.raw
    assert (ours.url, ours.extensions) == (theirs.url, theirs.extensions)


@given(
    st.sampled_from(
        ["https://crm.example/a?old=1#end", "http://[::1]:8080/a b", "https://bücher.example"]
    ),
    st.dictionaries(
        st.text(max_size=8),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        min_size=1,
    ),
)
def test_query_values_are_spelled_as_httpx_spells_them(url, params):
    ours = build_client().build_request("GET", url, params=params).url
    theirs = httpx.URL(url, params=params)
    assert (ours, hash(ours), repr(ours)) == (theirs, hash(theirs), repr(theirs))
    assert (ours.raw_path, ours.netloc) == (theirs.raw_path, theirs.netloc)
    assert ours.join("/b?c") == theirs.join("/b?c")
    assert ours.copy_with(query=None) == theirs.copy_with(query=None)


@pytest.fixture
def _operation():
    token = transport.current.set(Invocation())
    yield
    transport.current.reset(token)


@pytest.mark.usefixtures("_operation")
async def test_credentials_of_a_request_are_sent():
    sent = []

    def answer(request):
        sent.append(request.headers["authorization"])
        return httpx.Response(200)

    async with build_client(network=httpx.MockTransport(answer)) as client:
        await client.get("https://crm.example", auth=("user", "word"))
    assert sent == ["Basic dXNlcjp3b3Jk"]


@pytest.mark.usefixtures("_operation")
async def test_a_failure_names_its_request():
    async with build_client() as client:
        with pytest.raises(httpx.ConnectError) as caught:
            await client.get("http://127.0.0.1:1")
    assert caught.value.request.url == "http://127.0.0.1:1"


async def test_no_cookie_can_be_given_to_the_client():
    async with build_client() as client:
        with pytest.raises(AttributeError, match="keeps no cookies"):
            client.cookies = {"a": "b"}
