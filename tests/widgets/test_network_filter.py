"""The filter language of the Network tab."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.widgets.texts import Texts
from widgets.inspector_state import ExchangeRow
from widgets.network_columns import NetworkColumns
from widgets.network_filter import HELP, KEYS, FilterError, NetworkFilter, parse_filter

ROW = ExchangeRow(
    run_id=3,
    exchange_id=1,
    method="POST",
    url="https://crm.example:8443/v3.1/Contacts?phone=%2B1+415&city=S%C3%A3o",
    status=404,
    reason="Not Found",
    ms=512.4,
    time_text="14:02:01",
    size=10 * 1024,
)
TEXT = (
    (("Content-Type", "application/json"), ("Retry-After", "30")),
    ("name=Ada", '{"name": "Anna Keller", "id": 5}'),
)


def ended(search):
    while True:
        try:
            next(search)
        except StopIteration as end:
            return end.value


def fitting(text, rows, source, places=None):
    columns = NetworkColumns()
    columns.extend(rows)
    asked = range(len(rows)) if places is None else places
    return ended(parse_filter(text).narrowed(columns, source, asked))


def fits(text, row=ROW, kept=TEXT):
    return fitting(text, [row], Texts({0: kept} if kept else {})) == [0]


def changed(**fields):
    values = {name: getattr(ROW, name) for name in ExchangeRow.__slots__}
    return ExchangeRow(**values | fields)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "post",
        "CONTACTS",
        "404",
        "not found",
        '"not found"',
        "+1 415",
        "são",
        "https://crm.example:8443/v3.1",
        "method:post",
        "method:p",
        "METHOD:Post",
        "status:404",
        "status:4",
        "status:40",
        "status:4xx",
        "status:4XX",
        "status:error",
        "status:>=400",
        "status:=404",
        "status:<500",
        "duration:>500ms",
        "duration:>0.5s",
        "duration:>500",
        "duration:<1s",
        "size:>=10kb",
        "size:<1mb",
        "size:>10239",
        "size:=10240b",
        "host:crm",
        "host:example:8443",
        "path:/contacts",
        "url:phone=%2b1",
        "url:+1",
        "run:3",
        "run:>2",
        "body:keller",
        'body:"anna keller"',
        "body:'\"id\": 5'",
        "body:ada",
        "header:retry",
        "header:content-type=json",
        "header:retry-after=30",
        "-header:cookie",
        "-status:ok",
        "-get",
        '-"no such words"',
        "status:404 method:post",
        "status:200 | method:post",
        "status:200 or status:4xx",
        "status:200 OR post 404",
        "| post",
        "post |",
        '"post',
        "body:'keller",
        "-",
        "post -",
        '""',
    ],
)
def test_what_fits(text):
    assert fits(text)


@pytest.mark.parametrize(
    "text",
    [
        "nothing",
        '"found not"',
        "post nothing",
        "nothing post",
        "-post",
        '-"not found"',
        "status:400",
        "status:5xx",
        "status:ok",
        "status:failed",
        "status:<400",
        "duration:>1s",
        "duration:<=512",
        "size:>10kb",
        "host:contacts",
        "host:phone",
        "path:crm",
        "path:phone",
        "path:415",
        "url:post",
        "run:4",
        "run:<3",
        "error:",
        "error:time",
        "body:post",
        "body:crm.example",
        "header:retry-after=60",
        "header:accept",
        "-header:retry",
        "status:200 | method:get",
        "post status:200 or get",
        '"|"',
        '"or"',
        '"status:404"',
        "'method:post'",
    ],
)
def test_what_does_not_fit(text):
    assert not fits(text)


def test_a_request_without_an_answer_has_failed():
    row = changed(status=None, reason="", error="ConnectTimeout: no answer")
    for text in ("failed", "status:failed", "status:error", "error:", "error:timeout", "no answer"):
        assert fits(text, row), text
    for text in ("status:>0", "status:<500", "status:4", "status:ok", "-status:error", "none"):
        assert not fits(text, row), text


def test_an_answer_that_broke_off_is_an_error_too():
    row = changed(status=200, reason="OK", error="the answer is not whole")
    assert fits("status:error error:whole", row)
    assert fits("status:ok", row)


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://user@crm.example/a/b?c=/d#e", "crm.example", "/a/b"),
        ("https://crm.example?next=/x", "crm.example", ""),
        ("HTTPS://CRM.example/A", "crm.example", "/a"),
        ("crm.example/a", "crm.example", "/a"),
        ("", "", ""),
        ("http://[", "[", ""),
    ],
)
def test_host_and_path_of_any_address(url, host, path):
    row = changed(url=url)
    assert not host or fits(f'host:"{host}"', row)
    assert not path or fits(f'path:"{path}"', row)
    assert not fits('host:"/"', row)
    assert not fits('path:"?"', row)


@pytest.mark.parametrize(
    ("text", "looked"),
    [
        ("body:keller header:retry status:200", []),
        ("body:keller status:404", [0, 2]),
        ("body:x | status:404", [1]),
        ("-body:x status:404", [0, 2]),
        ("body:keller", [0, 1, 2]),
        ("status:404 anna", []),
    ],
)
def test_headers_and_bodies_are_looked_through_only_where_nothing_cheaper_decides(text, looked):
    texts = Texts({})
    fitting(text, [ROW, changed(status=500), ROW], texts)
    assert texts.looked == looked


def test_a_filter_knows_whether_it_needs_headers_or_bodies():
    assert parse_filter("body:keller status:200").needs_text
    assert parse_filter("status:200 | -header:x").needs_text
    assert not parse_filter("status:404 anna").needs_text


def test_several_exchanges_are_held_against_it_at_once_and_stay_in_order():
    rows = [changed(status=status) for status in (500, 404, 200, 301, 404)]
    texts = Texts({2: TEXT, 3: TEXT})
    assert fitting("status:404 | body:ada", rows, texts) == [1, 2, 3, 4]
    assert fitting("status:404 | body:ada", rows, texts, [0, 2, 4]) == [2, 4]
    assert fitting("-status:404 -body:ada", rows, texts) == [0]
    assert fitting("", rows, texts, [1, 3]) == [1, 3]


def test_what_has_no_headers_and_bodies_does_not_fit():
    assert not fits("body:keller", kept=None)
    assert not fits("header:retry", kept=None)


def test_an_empty_filter_shows_everything():
    assert parse_filter(" ") == NetworkFilter()
    assert parse_filter("| or |") == NetworkFilter()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "colour:red",
            "'colour:' is not known: use status:, duration:, size:, host:, method:, path:, url:, "
            "body:, header:, run:, error:, or put the word in quotes.",
        ),
        (
            "status:",
            "'status:' wants a value, for example status:404, status:4xx, status:>=400, "
            "status:ok, status:error, status:failed.",
        ),
        (
            "duration:long",
            "'duration:long' cannot be read: write for example duration:>500ms, duration:<2s.",
        ),
        (
            "duration:500",
            "'duration:500' cannot be read: write for example duration:>500ms, duration:<2s.",
        ),
        ("size:>1kg", "'size:>1kg' cannot be read: write for example size:>10kb."),
        ("run:first", "'run:first' cannot be read: write for example run:3, run:>3."),
        (
            f"run:{'9' * 5000}",
            f"'run:{'9' * 40}…' cannot be read: write for example run:3, run:>3.",
        ),
    ],
)
def test_a_wrong_filter_is_told_in_one_sentence_that_names_what_is_known(text, sentence):
    with pytest.raises(FilterError) as told:
        parse_filter(f"post {text}")
    assert str(told.value) == sentence


@pytest.mark.parametrize("key", KEYS)
def test_each_example_of_the_help_is_a_filter(key):
    for example in KEYS[key].split(", "):
        assert example in HELP
        parse_filter(example)


fragments = st.sampled_from(
    [
        *(f"{key}:" for key in KEYS),
        "-",
        '"',
        "'",
        "|",
        "or",
        " ",
        ">",
        "<=",
        "4xx",
        "9",
        "ms",
        "://",
    ]
)


@given(st.one_of(st.text(), st.lists(st.one_of(fragments, st.text(max_size=3))).map("".join)))
def test_any_text_is_a_filter_or_the_one_error(text):
    try:
        parse_filter(text)
    except FilterError:
        return
    assert fits(text) in (True, False)
    assert fits(text, changed(status=None, url=text), kept=None) in (True, False)


@given(st.text(alphabet=st.characters(exclude_characters='"'), min_size=1))
def test_a_quoted_word_is_looked_for_as_it_is(word):
    row = changed(url=f"https://crm.example/{word}")
    assert fits(f'"{word}"', row)
    assert not fits(f'-"{word}"', row)


@given(st.text(), st.text())
def test_the_address_never_breaks_the_filter(url, reason):
    row = changed(url=url, reason=reason)
    assert isinstance(fits("host:a path:b url:c d", row), bool)
