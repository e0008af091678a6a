from app.traffic import asked


def a_lookup(runs, formats=""):
    return runs.lookup(given={"phoneNumber": runs.number, "overridingFormat": formats})


def test_spellings_of_a_number_longest_first(runs):
    found = asked.spellings(a_lookup(runs, "(###) ###-####"))
    assert found == ("(650) 555-1234", "+16505551234", "16505551234", "6505551234")


def test_spellings_of_a_name_are_the_name_and_its_words(runs):
    evidence = runs.run({}, operation="findContactWithName", given={"name": "Ada de Lovelace"})
    assert asked.spellings(evidence) == ("Ada de Lovelace", "Lovelace", "Ada")


def test_the_longest_spelling_that_a_request_holds_counts(runs):
    known = asked.spellings(a_lookup(runs, "(###) ###-####"))
    for url, expected in {
        "/s?phone=%2B16505551234": "+16505551234",
        "/s?phone=6505551234": "6505551234",
        "/s?phone=%28650%29+555-1234": "(650) 555-1234",
        "/people/6505551234": "6505551234",
    }.items():
        assert asked.spellings_in(runs.exchange(1, url), known) == {expected}
    assert asked.spellings_in(runs.exchange(1, "/s?phone=96505551234"), known) == frozenset()


def test_values_come_out_of_urls_forms_and_json(runs):
    exchange = runs.exchange(1, "/a%20b?x=1%2B1", method="POST", body='{"q": [{"k": "v"}, 2]}')
    assert sorted(asked.values(exchange)) == ["1+1", "2", "a b", "v"]
    form = runs.exchange(
        1, "/", body="q=a+b&r=%26", mime="application/x-www-form-urlencoded; charset=utf-8"
    )
    assert list(asked.values(form)) == ["a b", "&"]
    plain = runs.exchange(1, "/", body="SELECT 1", mime="text/plain")
    assert list(asked.values(plain)) == ["SELECT 1"]


def test_a_url_that_is_none_is_passed_over(runs):
    exchange = runs.exchange(1, "/")
    assert asked.split("http://[") is None
    assert list(asked.json_leaves("{")) == []
    assert list(asked.json_leaves("[" * 100_000)) == []
    assert list(asked.values(exchange)) == []
