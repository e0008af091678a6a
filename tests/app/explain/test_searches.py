"""Requests as connectors send them (connectors 4.1 to 4.9), and what they searched."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.explain.searches import ANY_FIELD, Search, searches_of, spells
from connectors.contract.exchange import Body, Exchange

NUMBER = "+14155550132"
NSN = "4155550132"


def asked(url, body=None, mime_type="application/json"):
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    kept = None if text is None else Body(text=text, size=len(text), mime_type=mime_type)
    return Exchange(
        id=1,
        invocation=1,
        started_ms=0.0,
        method="POST" if body else "GET",
        url=f"https://crm.test{url}",
        body=kept,
        status=200,
    )


SQL = f"SELECT id FROM contact WHERE REGEXP_REPLACE(phone, '[^0-9]', '') LIKE '%{NSN}'"
CASES = {
    "Insightly": (
        asked(f"/v3.1/contacts/search?field_name=PHONE_MOBILE&field_value={NSN}"),
        {("contacts", "PHONE_MOBILE", NSN)},
    ),
    "Bullhorn": (
        asked(
            "/rest/search/ClientContact?fields=id",
            {"query": f'(phone:{NSN} OR mobile:"({NSN[:3]}) 555-0132") AND isDeleted:false'},
        ),
        {("ClientContact", "phone", NSN), ("ClientContact", "mobile", "(415) 555-0132")},
    ),
    "Clio": (
        asked("/api/v4/contacts.json?" + urlencode({"type": "Person", "query": NUMBER})),
        {("contacts", ANY_FIELD, NUMBER)},
    ),
    "Pipedrive": (
        asked(f"/v1/persons/search?term={NSN}&fields=phone"),
        {("persons", ANY_FIELD, NSN)},
    ),
    "NetSuite": (
        asked("/services/rest/query/v1/suiteql?limit=5", {"q": SQL}),
        {("contact", "phone", NSN)},
    ),
    "Redtail": (
        asked(f"/contacts/search_basic?phone_number={NSN}"),
        {("contacts", "phone_number", NSN)},
    ),
    "VinSolutions": (
        asked(f"/gateway/v1/contact?dealerId=1&phone={NSN}&pageSize=100"),
        {("contact", "phone", NSN)},
    ),
    "filters in JSON": (
        asked(
            "/crm/v3/objects/contacts/search",
            {"filterGroups": [{"filters": [{"propertyName": "mobile", "value": NUMBER}]}]},
        ),
        {("contacts", "mobile", NUMBER)},
    ),
    "OData": (
        asked("/data/Leads?" + urlencode({"$filter": f"telephone1 eq '{NSN}'"})),
        {("Leads", "telephone1", NSN)},
    ),
    "SQL with a list": (
        asked("/query", {"q": f"select Id from Lead where Mobile in ('1', '{NSN}') or X = '2'"}),
        {("Lead", "Mobile", NSN)},
    ),
    "OData functions": (
        asked("/data/Leads?" + urlencode({"$filter": f"contains(telephone1, '{NSN}')"})),
        {("Leads", "telephone1", NSN)},
    ),
    "a form": (
        asked("/people", urlencode({"tel": "415-555-0132"}), "application/x-www-form-urlencoded"),
        {("people", "tel", "415-555-0132")},
    ),
    "a path": (asked(f"/contacts/by-phone/{NSN}"), {("by-phone", ANY_FIELD, NSN)}),
}


@pytest.mark.parametrize("crm", CASES)
def test_the_request_itself_says_where_it_searched(crm):
    exchange, expected = CASES[crm]
    assert set(searches_of(exchange, NUMBER)) == {Search(*each) for each in expected}


@pytest.mark.parametrize(
    "url", ["/users/me", "/contacts/41555501?page=2", "/links?id=98765432101234567"]
)
def test_other_requests_search_for_nothing(url):
    assert searches_of(asked(url), NUMBER) == ()


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        NSN,
        "(415) 555-0132",
        "415.555.0132",
        "0014155550132",
        "5550132",
        "\uff14\uff11\uff155550132",
    ],
)
def test_spellings_of_the_number(text):
    assert spells(text, NUMBER)


@pytest.mark.parametrize("text", ["", "132", "4155550133", "12125550132", "14155550132000000"])
def test_other_texts(text):
    assert not spells(text, NUMBER)


def test_an_extension_is_spelled_by_itself_only():
    assert spells("101", "101")
    assert not spells("2101", "101")


@given(st.text(), st.text(), st.text())
def test_any_request_is_read(path, text, number):
    for mime_type in ("application/json", "application/x-www-form-urlencoded", ""):
        searches_of(asked(f"/{path}", text or "x", mime_type), number)
