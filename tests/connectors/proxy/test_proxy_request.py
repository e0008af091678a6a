"""The request that a config makes, byte for byte."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.errors import InvalidInputError
from connectors.proxy.config import read_config
from connectors.proxy.request import body_content, build_request, join_url, with_query

AUTH = "Authorization"
VALUES = {
    "user": {"accessToken": "key", "id": "7"},
    "apiKey": "key",
    "number": "+1 415",
    "n": 5,
    "object": {"a": 1},
    "texts": ["a", "b"],
}


def built(operation, *, auth=None, auth_header="", told=None, **config):
    text = json.dumps(
        {"auth": auth or {}, "operations": {"findContact": operation}} | config,
    )
    read = read_config(text).config
    missing = told.append if told is not None else lambda _path: None
    return build_request(read, read.operations.find_contact, VALUES, auth_header, missing)


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("https://a/v1/", "/people", "https://a/v1/people"),
        ("https://a/v1", "people", "https://a/v1/people"),
        ("https://a//", "//people", "https://a///people"),
        ("https://a", "http://b/c", "http://b/c"),
        ("https://a", "HTTP://b/c", "https://a/HTTP://b/c"),
        ("https://a", "", "https://a"),
        ("", "people", "people"),
        ("", "", ""),
    ],
)
def test_a_url_is_joined_to_the_base(base, path, url):
    assert join_url(base, path) == url


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ({}, "u"),
        ({"a": "+1 (650) #&=%"}, "u?a=%2B1+(650)+%23%26%3D%25"),
        ({"a": ":$,!~*'-_.@/[]é"}, "u?a=:$,!~*'-_.%40%2F%5B%5D%C3%A9"),
        ({"a": None, "b": ""}, "u?b="),
        ({"a": True, "b": 1.0, "c": 2.5}, "u?a=true&b=1&c=2.5"),
        ({"a": ["x", None, "y"]}, "u?a%5B%5D=x&a%5B%5D=y"),
        ({"a[]": ["x"]}, "u?a%5B%5D=x"),
        ({"a[]": [[1, None], {}]}, "u?a%5B%5D=1,&a%5B%5D=%5Bobject+Object%5D"),
        ({"a": []}, "u"),
        ({"a": {"b": {"c": 1}}}, "u?a%5Bb%5D%5Bc%5D=1"),
        ({" a ": 1, " b ": {" c ": {" d ": 2}}}, "u?a=1&+b+%5B+c+%5D%5Bd%5D=2"),
        ({"a": [{"b": 1}]}, "u?a%5B0%5D%5Bb%5D=1"),
        ({"a": {"b": ["x"]}}, "u?a%5Bb%5D%5B0%5D=x"),
        ({"a{}": {"b": 1}}, "u?a%7B%7D=%7B%22b%22:1%7D"),
    ],
)
def test_query_values_are_encoded(query, url):
    assert with_query("u", query) == url


def test_a_query_is_added_to_what_the_url_has():
    assert with_query("u?a=1", {"b": 2}) == "u?a=1&b=2"
    assert with_query("u#part", {"b": 2}) == "u?b=2"
    assert with_query("u#part", {}) == "u"
    assert with_query("u?a='", {"b": "'"}) == "u?a=%27&b='"


def test_an_unsendable_text_in_the_query_is_named():
    with pytest.raises(InvalidInputError, match="udc00"):
        with_query("u", {"a": "\udc00"})


@given(
    st.recursive(
        st.dictionaries(st.text(max_size=3), st.text(max_size=3) | st.integers() | st.none()),
        lambda inner: st.dictionaries(st.text(max_size=3), inner | st.lists(inner)),
        max_leaves=6,
    )
)
def test_any_query_becomes_a_url(query):
    try:
        url = with_query("https://crm.example/", query)
    except InvalidInputError:
        return  # a lone surrogate
    assert url.isascii()
    assert " " not in url


@pytest.mark.parametrize(
    ("method", "kind", "body", "content", "sent_kind"),
    [
        ("GET", None, {}, b"{}", "application/json"),
        (
            "POST",
            None,
            {"a": [1, None], "é": "\n"},
            '{"a":[1,null],"é":"\\n"}'.encode(),
            "application/json",
        ),
        ("POST", None, [1], b"[1]", "application/json"),
        ("POST", None, "text", b"text", "application/x-www-form-urlencoded"),
        ("DELETE", None, "text", b"text", None),
        ("POST", None, "", None, "application/x-www-form-urlencoded"),
        ("POST", "application/json", "text", b'"text"', "application/json"),
        ("POST", "application/json", ' {"a": 1} ', b'{"a": 1}', "application/json"),
        ("POST", "application/json", 5, b"5", "application/json"),
        ("POST", "application/vnd.crm+json", {"a": 1}, b'{"a":1}', "application/vnd.crm+json"),
        (
            "POST",
            "application/x-www-form-urlencoded",
            {"a b": "+ ~*é", "c": ["x"], "d": {"e": 1}},
            b"a+b=%2B+%7E*%C3%A9&c%5B%5D=x&d%5Be%5D=1",
            "application/x-www-form-urlencoded",
        ),
    ],
)
def test_a_body_is_sent_by_its_type(method, kind, body, content, sent_kind):
    headers = {} if kind is None else {"content-type": kind}
    assert body_content(method, body, headers) == content
    assert (headers.get("content-type") or headers.get("Content-Type")) == sent_kind
    assert len(headers) <= 1


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ({}, 5, "neither a text nor an object"),
        ({"Content-Type": "multipart/form-data"}, {"a": 1}, "multipart"),
        ({}, {"a": "\udc00"}, "Unicode"),
        ({}, "\udc00", "Unicode"),
    ],
)
def test_a_body_that_cannot_be_sent_is_named(headers, body, said):
    with pytest.raises(InvalidInputError, match=said):
        body_content("POST", body, headers)


def test_the_defaults_of_a_request():
    request = built({"url": "https://crm.example/people"})
    assert (request.method, request.url, request.content) == (
        "GET",
        "https://crm.example/people",
        b"{}",
    )
    assert request.headers == {
        "Accept": "application/json, text/plain, */*",
        "Content-Type": "application/json",
    }
    assert request.timeout_s == 30


def test_headers_are_merged_whatever_their_case():
    request = built(
        {"headers": {"x-one": "{{n}}", "ACCEPT": "text/csv", "X-Gone": None, "X-Off": False}},
        requestDefaults={
            "timeoutSeconds": 2.5,
            "defaultHeaders": {"X-One": "0", "X-Off": "1", "X-List": "{{texts}}", "X-No": "{{no}}"},
        },
    )
    assert request.headers == {
        "Accept": "text/csv",
        "X-One": "5",
        "X-List": "a, b",
        "Content-Type": "application/json",
    }
    assert request.timeout_s == 2.5


def basic(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("auth", "core", "name", "value"),
    [
        ({"scheme": "Basic", "credentialTemplate": "{{apiKey}}:"}, "x", AUTH, basic("key:")),
        ({"credentialTemplate": "{{apiKey}}", "encode": "none"}, "x", AUTH, "key"),
        ({"credentialTemplate": "{{apiKey}}", "encode": "odd"}, "", AUTH, "a2V5"),
        ({"scheme": "T", "credentialTemplate": "x", "encode": "none"}, "", AUTH, "T x"),
        ({"credentialTemplate": "x", "encode": "none", "headerName": "X-A"}, "", "X-A", "x"),
        (
            {"scheme": "T", "credentialTemplate": "{{no}}", "encode": "none"},
            "",
            AUTH,
            "T undefined",
        ),
        ({"credentialTemplate": "{{no}}", "encode": "none"}, "x", AUTH, None),
        ({"type": "oauth", "scheme": "Ignored"}, "Bearer core", AUTH, "Bearer core"),
        ({"type": "oauth"}, "", AUTH, "Bearer key"),
        ({"type": "oauth", "scheme": "Token"}, "", AUTH, "Token key"),
        ({"type": "apiKey", "headerName": "X-Key"}, "Basic core", "X-Key", "Basic core"),
        ({"type": "apiKey"}, "", AUTH, None),
    ],
)
def test_the_credential(auth, core, name, value):
    assert built({}, auth=auth, auth_header=core).headers.get(name) == value
    own = built({"auth": auth}, auth={"type": "oauth", "headerName": "X-No"}, auth_header=core)
    assert own.headers.get(name) == value
    assert "X-No" not in own.headers


def test_a_header_of_the_operation_stays_where_there_is_no_credential():
    """As when a user leaves: core makes no header for that."""
    operation = {"headers": {"authorization": "Bearer {{user.accessToken}}"}}
    assert built(operation).headers["authorization"] == "Bearer key"
    assert built(operation, auth_header="Basic core").headers["authorization"] == "Basic core"
    gone = {"credentialTemplate": "{{no}}", "encode": "none"}
    assert "authorization" not in built(operation, auth=gone).headers


@pytest.mark.parametrize(
    ("operation", "auth", "said"),
    [
        ({"url": "{{n}}"}, {}, "becomes '5', which is no text"),
        ({"query": "{{n}}"}, {}, "The query is '5'"),
        ({"query": "a=1"}, {}, "where an object is needed"),
        ({"body": "{{n}}"}, {}, "neither a text nor an object"),
        ({}, {"credentialTemplate": "{{no}}"}, "becomes undefined, which cannot be encoded"),
    ],
)
def test_a_value_of_a_wrong_type_is_named(operation, auth, said):
    with pytest.raises(InvalidInputError, match=said):
        built(operation, auth=auth)


def test_raw_values_reach_query_and_body():
    request = built(
        {"url": "p/{{number}}", "query": "{{object}}", "body": {"x": "{{texts}}", "no": "{{no}}"}},
        requestDefaults={"baseUrl": "https://crm.example/{{n}}/"},
    )
    assert request.url == "https://crm.example/{{n}}/p/+1 415?a=1"
    assert request.content == b'{"x":["a","b"]}'
    assert built({"url": "{{no}}"}, requestDefaults={"baseUrl": "https://a"}).url == "https://a"
    assert built({"query": "{{no}}", "body": "{{no}}"}).content is None


def test_what_has_no_value_is_told():
    told = []
    built({"url": "{{a}}", "query": {"q": "{{b}}"}, "body": "x{{c}}"}, told=told)
    assert told == ["a", "b", "c"]
