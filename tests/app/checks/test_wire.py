"""Values on the wire, spelled as production's connectors spell them and as they should be."""

import pytest

from app.checks import check

NAME = "O'Brien & Sons #2"


def found(runs, *urls, name=None, formats="", **more):
    given = {"phoneNumber": runs.number, "overridingFormat": formats}
    operation = "findContact"
    if name is not None:
        given, operation = {"name": name}, "findContactWithName"
    exchanges = [runs.exchange(at, url, **more) for at, url in enumerate(urls, start=1)]
    evidence = runs.lookup(new=name is None, exchanges=exchanges, given=given, operation=operation)
    return [
        finding
        for finding in check(evidence, runs.manifest())
        if finding.rule in ("value-unescaped", "value-encoded-twice")
    ]


@pytest.mark.parametrize(
    "url",
    [
        "/s?phone=%2B16505551234",
        "/s?phone=6505551234&brief=false",
        "/s?phone=16505551234",
        "/people/+16505551234",
        "/s?uri=tel:%2B16505551234",
        "/s?q=phone:%226505551234%22",
        "/s?q=phone:6505551234",
        "/s?q=phone:%5C%2B16505551234",
        "/s?where=phone%3D'%2B16505551234'",
        "/s?q=FIND {6505551234} IN PHONE FIELDS",
        '/s?q=FIND {"%2B16505551234"}',
        "/s?q=FIND {%5C%2B16505551234}",
    ],
)
def test_numbers_that_arrive_whole(runs, url):
    assert found(runs, url) == []


@pytest.mark.parametrize(
    "url",
    [
        "/s?name=O%27Brien+%26+Sons+%232",
        "/s?name=O%27Brien%20%26%20Sons%20%232",
        "/s?last=O%27Brien&rest=%26+Sons+%232",
        "/s?q=SELECT+*+WHERE+name%3D'O''Brien+%26+Sons+%232'",
        "/s?q=name:%22O%27Brien+%26+Sons+%232%22",
    ],
)
def test_names_that_arrive_whole(runs, url):
    assert found(runs, url, name=NAME) == []


def test_a_bare_plus_becomes_a_blank(runs):
    (finding,) = found(runs, "/s?phone=+16505551234", "/t?phone=+16505551234")
    assert (finding.rule, finding.severity) == ("value-unescaped", "error")
    assert "+16505551234" in finding.text
    assert finding.proof == (1, 2)


def test_a_bare_plus_in_a_form(runs):
    form = {"mime": "application/x-www-form-urlencoded", "method": "POST"}
    (finding,) = found(runs, "/s", body="phone=+16505551234", **form)
    assert "form" in finding.text
    assert found(runs, "/s", body="phone=%2B16505551234", **form) == []


def test_a_bare_ampersand_splits_the_query(runs):
    (finding,) = found(runs, "/s?name=Smith & Sons", name="Smith & Sons")
    assert "&" in finding.text


def test_a_bare_hash_cuts_the_url(runs):
    (finding,) = found(runs, "/s?name=Unit #2&brief=false", name="Unit #2")
    assert "Unit" in finding.text
    assert found(runs, "/s?name=Unit", name="Unit #2") != []
    assert found(runs, "/s?a=1#part") != []


def test_an_unfilled_hash_of_a_format_cuts_the_url(runs):
    formats = "(###) ###-#### x##"
    (finding,) = found(runs, "/s?phone=(650) 555-1234 x", formats=formats)
    assert "x##" in finding.text


def test_a_number_without_its_extension_is_not_a_cut_one(runs):
    exchange = runs.exchange(1, "/s?phone=%2B16505551234")
    evidence = runs.lookup(exchanges=[exchange], given={"phoneNumber": "+16505551234#134"})
    assert runs.rules(evidence) == []


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/s?q=SELECT+1+WHERE+name='O'Brien'", "O'Brien"),
        ("/s?$filter=contains(name,'O'Brien')", "O'Brien"),
        ('/s?q=name:"The "Best" Ltd"', 'The "Best" Ltd'),
        ("/s?q=name:Acme (UK)", "Acme (UK)"),
        ("/s?q=name:What?", "What?"),
        ("/s?q=FIND {Acme (UK)}", "Acme (UK)"),
    ],
)
def test_a_name_that_ends_its_literal(runs, url, name):
    (finding,) = found(runs, url, name=name)
    assert finding.rule == "value-unescaped"


def test_a_query_in_a_json_body_is_read_too(runs):
    bad = '{"q": "SELECT id FROM contact WHERE name = \'O\'Brien\'"}'
    assert len(found(runs, "/s", body=bad, method="POST", name="O'Brien")) == 1
    good = bad.replace("O'Brien", "O''Brien")
    assert found(runs, "/s", body=good, method="POST", name="O'Brien") == []


def test_several_signs_in_one_name(runs):
    cut = "/s?name=O'Brien%20&%20Sons%20"
    assert len(found(runs, cut, name=NAME)) == 1
    form = {"mime": "application/x-www-form-urlencoded", "method": "POST"}
    assert len(found(runs, "/s", name="A & B + C", body="q=A & B + C", **form)) == 1


def test_an_ampersand_in_xml(runs):
    soap = {"method": "POST", "mime": "text/xml", "name": "Smith & Sons"}
    (finding,) = found(runs, "/soap", body="<find><name>Smith & Sons</name></find>", **soap)
    assert "XML" in finding.text
    for good in ("Smith &amp; Sons", "<![CDATA[Smith & Sons]]>"):
        assert found(runs, "/soap", body=f"<find><name>{good}</name></find>", **soap) == []


def test_a_quote_that_breaks_the_json(runs):
    broken = '{"name": "The "Best" Ltd"}'
    (finding,) = found(runs, "/s", body=broken, method="POST", name='The "Best" Ltd')
    assert finding.rule == "value-unescaped"


def test_encoded_twice(runs):
    (finding,) = found(runs, "/s?phone=%252B16505551234")
    assert finding.rule == "value-encoded-twice"
