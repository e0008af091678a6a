"""Headers and bodies of all exchanges, looked through as few large blocks."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.journal import ExchangeCaptured, Journal, LargeBody
from app.presenter import search_text
from app.presenter.search_text import SearchText
from connectors.contract.exchange import Body, Exchange


def exchange(number, answer="", **changed):
    values = {
        "id": number,
        "invocation": 1,
        "started_ms": 0.0,
        "method": "GET",
        "url": "https://crm.example",
        "headers": (("Accept", "application/json"),),
        "response_headers": (("Content-Type", "text/html"),),
        "response_body": Body(text=answer, size=len(answer)),
    }
    return Exchange(**values | changed)


@pytest.fixture
def journal(tmp_path):
    journal = Journal(spill_folder=tmp_path)
    yield journal
    journal.close()


@pytest.fixture
def text(journal):
    text = SearchText(journal)
    yield text
    text.close()


def ended(search):
    """Return (result, how often it let others work)."""
    stops = 0
    while True:
        try:
            next(search)
        except StopIteration as end:
            return end.value, stops
        stops += 1


def in_bodies(text, value, places):
    return ended(text.in_bodies(value, places))[0]


def in_headers(text, name, value, places):
    return ended(text.in_headers(name, value, places))[0]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("anna", [0, 2]),
        ("keller", [0]),
        ("zoë", [1]),
        ("a", [0, 1, 2, 3, 4]),
        ("sent", [3]),
        ("são paulo", [4]),
        ("s%c3%a3o", [4]),
        ("annazoë", []),
        ("anna kellerz", []),
    ],
)
def test_bodies_of_both_sides_in_any_case(text, value, found):
    form = "application/x-www-form-urlencoded"
    for one in (
        exchange(0, "Anna Keller"),
        exchange(1, "ZOË a"),
        exchange(2, "HANNA"),
        exchange(3, "a", body=Body(text="Sent", size=4)),
        exchange(4, body=Body(text="city=S%C3%A3o+Paulo", size=19, mime_type=form)),
    ):
        text.add(1, one)
    assert in_bodies(text, value, range(5)) == found
    assert in_bodies(text, value, [1, 3, 4]) == [place for place in found if place in (1, 3, 4)]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("accept", "", [0, 1]),
        ("retry", "", [1]),
        ("retry-after", "30", [1]),
        ("retry-after", "60", []),
        ("accept", "json", [0, 1]),
        ("type", "json", []),
        ("text/html", "", []),
        ("content", "html", [0, 1]),
        ("accept", "retry", []),
        ("accept\ncontent", "", []),
    ],
)
def test_headers_by_name_and_value(text, name, value, found):
    text.add(1, exchange(0))
    text.add(1, exchange(1, response_headers=(("Retry-After", "30"), ("content-type", "a/HTML"))))
    assert in_headers(text, name, value, range(2)) == found


def test_a_search_stops_after_each_megabyte_and_reads_only_what_is_asked(text, monkeypatch):
    monkeypatch.setattr(search_text, "READ_BYTES", 1000)
    monkeypatch.setattr(search_text, "MOST_BETWEEN", 500)
    for number in range(100):
        text.add(1, exchange(number, f"{number:099}"))
    found, stops = ended(text.in_bodies(f"{50:099}", range(100)))
    assert found == [50]
    assert 9 <= stops <= 12
    read = []
    span = text._bodies.span
    monkeypatch.setattr(text._bodies, "span", lambda *blocks: read.append(blocks) or span(*blocks))
    assert in_bodies(text, "0", [2, 3, 5, 40, 41, 99]) == [2, 3, 5, 40, 41, 99]
    assert read == [(2, 6), (40, 42), (99, 100)]


def test_one_text_that_is_larger_than_a_read_is_found(text, monkeypatch):
    monkeypatch.setattr(search_text, "READ_BYTES", 10)
    for number in range(3):
        text.add(1, exchange(number, "x" * 100 + str(number)))
    assert in_bodies(text, "x1", range(3)) == [1]


def test_after_a_forget_places_begin_anew(text):
    for number, answer in enumerate(("one", "two", "three")):
        text.add(1, exchange(number, answer))
    text.forget(2)
    text.add(1, exchange(3, "one more"))
    assert in_bodies(text, "one", range(2)) == [1]
    assert in_bodies(text, "three", [0]) == [0]
    assert in_headers(text, "accept", "json", range(2)) == [0, 1]


@pytest.mark.parametrize(
    ("side", "encoding", "value", "found"),
    [
        ("response", None, "at the end", [1]),
        ("response", None, "across the cut", [1]),
        ("request", None, "at the end", [1]),
        ("response", None, "beginning", [1]),
        ("response", None, "nothing", []),
        ("response", "base64", "end", [1]),
    ],
)
def test_a_body_that_is_kept_apart_is_looked_through_to_its_end(
    text, journal, side, encoding, value, found
):
    pieces = [b"Beginning ... ACROSS ", b"THE CUT ... AT ", b"THE END"]
    if encoding:
        pieces = [base64.b64encode(piece) for piece in pieces]
    large = LargeBody(tuple(map(journal.keep_piece, pieces)))
    journal.keep_large(1, 1, side, large)
    beginning = "" if encoding else "Beginning"
    cut = Body(text=beginning, size=900, truncated=True, encoding=encoding)
    field = "body" if side == "request" else "response_body"
    captured = exchange(1, **{field: cut})
    text.add(1, exchange(0, "other"))
    journal.append(ExchangeCaptured(run_id=1, at_ms=0.0, exchange=captured))
    text.add(1, captured)
    text.add(1, exchange(2, "other"))
    assert in_bodies(text, value, range(3)) == found
    assert in_bodies(text, value, [0, 2]) == []


def test_what_does_not_fit_on_the_disk_is_found_in_memory(journal, caplog, monkeypatch):
    text = SearchText(journal)
    put = text._bodies.put

    def full(block):
        if block:
            raise OSError(28, "No space left on device")
        return put(block)

    text.add(1, exchange(0, "Anna"))
    monkeypatch.setattr(text._bodies, "put", full)
    text.add(1, exchange(1, "Hanna"))
    monkeypatch.undo()
    text.add(1, exchange(2, "Anna"))
    assert in_bodies(text, "anna", range(3)) == [0, 1, 2]
    assert in_bodies(text, "hanna", [1, 2]) == [1]
    assert "stays in memory" in caplog.text
    text.close()


def test_after_the_end_nothing_is_found_and_that_is_logged(text, caplog):
    text.add(1, exchange(0, "Anna"))
    text.close()
    assert in_bodies(text, "anna", range(1)) == []
    assert "cannot be looked through" in caplog.text


@given(st.lists(st.text(), min_size=1, max_size=20), st.text(min_size=1), st.data())
def test_it_finds_what_looking_one_by_one_finds(answers, value, data):
    journal = Journal()
    text = SearchText(journal)
    try:
        for number, answer in enumerate(answers):
            text.add(1, exchange(number, answer))
        places = data.draw(st.lists(st.sampled_from(range(len(answers))), unique=True).map(sorted))
        wanted = value.casefold()
        assert in_bodies(text, wanted, places) == [
            place for place in places if wanted in answers[place].casefold()
        ]
    finally:
        text.close()
        journal.close()
