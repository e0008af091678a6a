"""Requests as connectors send them (connectors 4.1 to 4.9), and what they searched."""

import json
from urllib.parse import urlencode

import msgspec
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
    "a path": (asked(f"/v2/contacts/{NSN}"), {("contacts", ANY_FIELD, NSN)}),
    "a path with the field": (
        asked(f"/v2/contacts/by-phone/{NSN}"),
        {("contacts", "phone", NSN)},
    ),
    "a key in the path": (
        asked(f"/data/Leads(telephone1='{NSN}')"),
        {("Leads", "telephone1", NSN)},
    ),
    "OData without quotes": (
        asked("/data/Leads?" + urlencode({"$filter": f"telephone1 eq {NSN} and statecode eq 0"})),
        {("Leads", "telephone1", NSN)},
    ),
    "OData 2": (
        asked("/data/Leads?" + urlencode({"$filter": f"substringof('{NSN}', Telephone)"})),
        {("Leads", "Telephone", NSN)},
    ),
    "FIND": (
        asked(
            "/services/data/v60.0/search?"
            + urlencode({"q": f"FIND {{{NSN}}} IN PHONE FIELDS RETURNING Contact(Id), Lead(Id)"})
        ),
        {("Contact", "phone fields", NSN), ("Lead", "phone fields", NSN)},
    ),
    "FIND with escapes": (
        asked("/search?" + urlencode({"q": r"FIND {\+1 \(415\) 555\-0132} RETURNING Account"})),
        {("Account", ANY_FIELD, "+1 (415) 555-0132")},
    ),
    "SOQL": (
        asked(
            "/services/data/v60.0/query?"
            + urlencode({"q": f"SELECT Id FROM Lead WHERE Phone LIKE '%{NSN}' OR Fax = '{NSN}'"})
        ),
        {("Lead", "Phone", NSN), ("Lead", "Fax", NSN)},
    ),
    "SQL in double quotes": (
        asked("/query", {"q": f'SELECT id FROM people WHERE tel = "{NSN}" LIMIT 5'}),
        {("people", "tel", NSN)},
    ),
    "Lucene with escapes": (
        asked("/search/Lead?" + urlencode({"query": r"phone:\+1\ \(415\)\ 555\-0132*"})),
        {("Lead", "phone", "+1 (415) 555-0132")},
    ),
    "a group in Lucene": (
        asked("/search/Lead", {"query": f'phone:({NSN} OR "(415) 555-0132") AND name:x'}),
        {("Lead", "phone", NSN), ("Lead", "phone", "(415) 555-0132")},
    ),
    "Zoho": (
        asked("/crm/v2/Leads/search?" + urlencode({"criteria": f"(Phone:equals:{NSN})"})),
        {("Leads", "Phone", NSN)},
    ),
    "a scheme": (
        asked("/people", {"uri": f"tel:{NUMBER}"}),
        {("people", "uri", f"tel:{NUMBER}")},
    ),
    "GraphQL": (
        asked(
            "/graphql", {"query": f'{{ contacts(filter: {{phone: {{eq: "{NSN}"}}}}) {{ id }} }}'}
        ),
        {("contacts", "phone", NSN)},
    ),
    "GraphQL with variables": (
        asked(
            "/graphql",
            {
                "query": "query($n: String!) { people(where: {mobile: {_ilike: $n}}) { id name } }",
                "variables": {"n": NUMBER},
            },
        ),
        {("people", "mobile", NUMBER)},
    ),
    "GraphQL with an object as variable": (
        asked(
            "/graphql",
            {
                "query": "query Find($f: Filter) { leads(filter: $f) { id } }",
                "variables": {"f": {"or": [{"phone": {"eq": NSN}}, {"mobile": {"eq": NSN}}]}},
            },
        ),
        {("leads", "phone", NSN), ("leads", "mobile", NSN)},
    ),
    "JSON:API": (
        asked(f"/contacts?filter%5Bphone%5D={NSN}&page%5Bsize%5D=5"),
        {("contacts", "phone", NSN)},
    ),
    "a nested filter": (
        asked(f"/contacts?filters[$or][0][mobile][$eq]={NSN}"),
        {("contacts", "mobile", NSN)},
    ),
    "numbered filters": (
        asked(
            "/contacts?filter[0][field]=name&filter[0][value]=Ada"
            f"&filter[1][field]=phone&filter[1][value]={NSN}"
        ),
        {("contacts", "phone", NSN)},
    ),
    "a lookup of Django": (asked(f"/people?phone__icontains={NSN}"), {("people", "phone", NSN)}),
    "JSON in a parameter": (
        asked("/people?" + urlencode({"where": json.dumps({"tel": {"$in": [NSN, NUMBER]}})})),
        {("people", "tel", NSN), ("people", "tel", NUMBER)},
    ),
    "Elasticsearch": (
        asked(
            "/people/_search", {"query": {"bool": {"must": [{"term": {"tel": {"value": NSN}}}]}}}
        ),
        {("_search", "tel", NSN)},
    ),
    "triples": (
        asked("/jsonrpc", {"params": {"args": ["res.partner", [["phone", "=", NUMBER]]]}}),
        {("jsonrpc", "phone", NUMBER)},
    ),
    "a number in JSON": (asked("/people", {"phone": int(NSN)}), {("people", "phone", NSN)}),
    "SOAP": (
        asked(
            "/soap/services",
            "<s:Envelope><s:Header/><s:Body><m:FindContact>"
            f"<m:phone type='x'>{NSN}</m:phone><m:limit>5</m:limit></m:FindContact></s:Body>",
            "text/xml",
        ),
        {("FindContact", "phone", NSN)},
    ),
    "SuiteTalk": (
        asked(
            "/NetSuitePort",
            "<soap:Body><search><searchRecord><phone operator='is'>"
            f"<searchValue>{NSN}</searchValue></phone></searchRecord></search></soap:Body>",
            "application/soap+xml",
        ),
        {("search", "phone", NSN)},
    ),
    "FetchXML": (
        asked(
            "/api/data/v9.2/contacts?"
            + urlencode(
                {
                    "fetchXml": "<fetch><entity name='contact'><filter>"
                    f"<condition attribute='mobilephone' operator='eq' value='{NSN}'/>"
                    "<condition attribute='telephone1' operator='in'>"
                    f"<value>{NSN}</value></condition></filter></entity></fetch>"
                }
            )
        ),
        {("contact", "mobilephone", NSN), ("contact", "telephone1", NSN)},
    ),
    "SQL in XML": (
        asked(
            "/services/Soap/u/58.0",
            "<env:Body><query><queryString>SELECT Id FROM Contact WHERE Phone = "
            f"&apos;{NSN}&apos;</queryString></query></env:Body>",
            "text/xml",
        ),
        {("Contact", "Phone", NSN)},
    ),
    "XML-RPC": (
        asked(
            "/xmlrpc",
            "<methodCall><params><param><value><struct><member><name>tel</name>"
            f"<value><string>{NUMBER}</string></value></member></struct></value></param></params>",
            "text/xml",
        ),
        {("xmlrpc", "tel", NUMBER)},
    ),
    "multipart": (
        asked(
            "/people/search",
            '--x\r\nContent-Disposition: form-data; name="mobile"\r\n\r\n'
            f'{NSN}\r\n--x\r\nContent-Disposition: form-data; name="file"; filename=a\r\n'
            "Content-Type: text/plain\r\n\r\nabc\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        {("people", "mobile", NSN)},
    ),
}


@pytest.mark.parametrize("crm", CASES)
def test_the_request_itself_says_where_it_searched(crm):
    exchange, expected = CASES[crm]
    assert set(searches_of(exchange, NUMBER)) == {Search(*each) for each in expected}


@pytest.mark.parametrize(
    "body",
    [
        "[" * 50_000,
        "[" * 900 + f'"{NSN}"' + "]" * 900,
        "<a>" * 50_000 + NSN,
        "<a " * 50_000 + NSN,
        "phone:(" * 20_000 + NSN,
        "a:" * 50_000 + NSN,
        "filter: {" * 20_000 + NSN,
        "{ x(a: " * 20_000 + f'"{NSN}"',
        "'" * 50_000 + NSN,
        "find {" * 20_000 + NSN,
        'name="phone"\n\n' * 20_000 + NSN,
        "\\" * 50_000 + NSN,
        f"a note of a call with {NSN}, and much more of it" * 5_000,
        "\x00" + NSN + "\ufffd" * 1_000,
    ],
)
@pytest.mark.parametrize("mime_type", ["application/json", "text/xml", "multipart/form-data", ""])
def test_a_rude_body_is_read_and_is_no_value_itself(body, mime_type):
    searches = searches_of(asked("/people", body, mime_type), NUMBER)
    assert all(len(search.value) <= 100 for search in searches)


def test_a_body_that_is_no_text_is_passed_over():
    exchange = asked("/people")
    binary = Body(text="NDE1NTU1MDEzMg==", encoding="base64", size=10, mime_type="image/png")
    assert searches_of(msgspec.structs.replace(exchange, body=binary), NUMBER) == ()


def test_a_body_that_was_cut_is_read_as_far_as_it_goes():
    text = f'{{"filter": {{"phone": "{NSN}"}}, "more": "' + "x" * 50
    cut = Body(text=text, size=999_999, truncated=True, mime_type="application/json")
    exchange = msgspec.structs.replace(asked("/people"), body=cut)
    assert all(search.value == NSN for search in searches_of(exchange, NUMBER))


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
