"""Bodies for reading."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.presenter.body_text import (
    HEX_BYTES,
    MAX_INDENTED,
    MAX_PARTS,
    SHOWN_OF_LARGE,
    content_type,
    hex_dump,
    raw_bytes,
    readable,
    searchable,
)
from connectors.contract.exchange import Body

FORM = "application/x-www-form-urlencoded"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(24, 256)) * 4


def text_body(text, mime_type="", **more):
    size = len(text.encode("utf-8", "surrogatepass"))
    return Body(text=text, mime_type=mime_type, **{"size": size} | more)


def binary_body(data, mime_type="", **more):
    text = base64.b64encode(data).decode()
    values = {"text": text, "encoding": "base64", "size": len(data), "mime_type": mime_type}
    return Body(**values | more)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (None, ""),
        (Body(text=""), ""),
        (text_body('{"a":"é","b":[]}'), '{\n  "a": "é",\n  "b": []\n}'),
        (text_body('\ufeff\n{"a":1}'), '{\n  "a": 1\n}'),
        (
            text_body('{"n":1.50,"id":12345678901234567890}'),
            '{\n  "n": 1.50,\n  "id": 12345678901234567890\n}',
        ),
        (text_body("<p><b>x</b></p>", "application/xml"), "<p><b>x</b></p>"),
        (text_body("{oops"), "{oops"),
        (text_body('{"a": 1} and more'), '{"a": 1} and more'),
        (text_body('"half \ud83d"'), '"half \ud83d"'),
        (text_body("[1", size=5000, truncated=True), "[1\n... cut here: 5,000 bytes in all."),
    ],
)
def test_text(body, text):
    assert readable(body) == text


def test_of_a_body_that_is_kept_apart_the_beginning_is_shown_and_how_to_get_it_all():
    body = text_body("x" * (SHOWN_OF_LARGE + 1), size=5_000_000, truncated=True)
    end = "\n... cut here: 5,000,000 bytes in all. Copy takes them."
    assert readable(body, "Copy takes them.") == "x" * SHOWN_OF_LARGE + end
    picture = binary_body(PNG * 1000, "image/png", size=5_000_000, truncated=True)
    assert readable(picture, "Copy takes them.").endswith(end)


def test_json_nested_too_deep_is_shown_as_it_came():
    text = "[" * 100_000
    assert readable(text_body(text)) == text


def test_huge_json_is_not_indented_and_says_so():
    text = "[" + "1," * (MAX_INDENTED // 2) + "1]"
    first, rest = readable(text_body(text)).split("\n", 1)
    assert first == "(not indented: longer than 4,194,304 characters)"
    assert rest == text


def test_a_form_is_a_table_of_decoded_pairs():
    body = text_body("name=Anna%20K%C3%A4ller&phone=%2B1+415&note=&note=two", FORM)
    assert readable(body).splitlines() == [
        "name  = Anna Käller",
        "phone = +1 415",
        "note  = ",
        "note  = two",
    ]


def test_a_form_without_pairs_is_shown_as_it_came():
    assert readable(text_body("just text", f"{FORM}; charset=utf-8")) == "just text"


def test_binary_is_a_hex_dump_with_its_size_and_type():
    first, *lines = readable(binary_body(PNG, "image/png")).splitlines()
    assert first == f"{len(PNG):,} bytes of image/png, not text. The first 512:"
    assert len(lines) == HEX_BYTES // 16
    assert lines[0] == (
        "00000000  89 50 4e 47 0d 0a 1a 0a  18 19 1a 1b 1c 1d 1e 1f  |.PNG............|"
    )


def test_little_binary_is_shown_whole():
    assert readable(binary_body(b"\x00\x01A", "")).splitlines() == [
        "3 bytes of unknown type, not text.",
        f"00000000  00 01 41{' ' * 40}  |..A|",
    ]


def test_binary_that_was_cut_says_so():
    body = binary_body(b"\x00\x01", "image/png", size=9000, truncated=True)
    assert readable(body).startswith("9,000 bytes of image/png")
    assert readable(body).endswith("\n... cut here: 9,000 bytes in all.")


def test_text_in_another_charset_is_read_in_that_charset():
    body = binary_body('{"a":"é"}'.encode("latin-1"), "application/json; charset=ISO-8859-1")
    assert readable(body) == '{\n  "a": "é"\n}'


@pytest.mark.parametrize("mime_type", ["text/html; charset=no-such", "text/html"])
def test_text_that_cannot_be_decoded_is_a_hex_dump(mime_type):
    assert "not text.\n00000000  e9" in readable(binary_body(b"\xe9", mime_type))


def test_bytes_that_a_redaction_took_out_are_missed_in_words():
    body = Body(text="[REDACTED]", encoding="base64", size=300, mime_type="image/png")
    assert raw_bytes(body) is None
    assert readable(body) == (
        "300 bytes of image/png, not text. They held a secret and were taken out."
    )
    assert searchable(body) == ""


def multipart(*parts, boundary="b-1", end="--\r\n"):
    joined = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return joined + f"--{boundary}{end}".encode()


NAME = b'Content-Disposition: form-data; name="who"\r\n\r\nAnna'
FILE = (
    b'Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n'
    b"\r\n" + PNG
)
JSON = b'content-type: application/json\r\n\r\n{"a":1}'
TYPE = 'multipart/form-data; boundary="b-1"'


def test_multipart_is_split_by_part_with_sizes():
    shown = readable(binary_body(multipart(NAME, FILE, JSON), TYPE))
    name, file, data = shown.split("\n\n")
    assert name == 'Part 1 of 3   name="who"   text/plain   4 bytes\nAnna'
    assert file.startswith(
        f'Part 2 of 3   name="file"; filename="a.png"   image/png   {len(PNG):,} bytes\n'
        f"{len(PNG):,} bytes of image/png, not text. The first 512:\n00000000  89 50"
    )
    assert data == 'Part 3 of 3   application/json   7 bytes\n{\n  "a": 1\n}'


def test_multipart_that_was_cut_shows_what_there_is():
    whole = multipart(NAME, JSON).decode()
    body = text_body(whole[: whole.index('"a"')], TYPE, size=9000, truncated=True)
    assert readable(body).split("\n\n")[1] == (
        "Part 2 of 2   application/json   1 bytes\n{\n... cut here: 9,000 bytes in all."
    )


@pytest.mark.parametrize("text", ["no parts at all", "preamble\r\n--b-1\r\n\r\nx\r\n--b-1--"])
def test_multipart_without_its_boundary_is_shown_as_it_came(text):
    assert readable(text_body(text, TYPE)) == text


def test_only_so_many_parts_are_shown():
    shown = readable(text_body(multipart(*[NAME] * (MAX_PARTS + 3)).decode(), TYPE))
    assert shown.count("Anna") == MAX_PARTS
    assert shown.endswith("... and 3 more parts.")


def test_searching_looks_through_what_came_and_what_a_form_means():
    assert searchable(None) == ""
    assert searchable(text_body('{"a":1}')) == '{"a":1}'
    form = searchable(text_body("name=Anna%20Keller", FORM))
    assert "Anna%20Keller" in form
    assert "Anna Keller" in form
    assert "PNG" in searchable(binary_body(PNG))


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("", ("", {})),
        ("Text/HTML", ("text/html", {})),
        ("text/html; Charset=utf-8 ; x=1", ("text/html", {"charset": "utf-8", "x": "1"})),
        ('multipart/mixed;boundary="a; b"', ("multipart/mixed", {"boundary": "a; b"})),
        ("a/b; =; ;c", ("a/b", {})),
    ],
)
def test_a_content_type_is_read(header, read):
    assert content_type(header) == read


def test_a_hex_dump_stops_where_it_says():
    assert len(hex_dump(bytes(10_000)).splitlines()) == HEX_BYTES // 16
    assert hex_dump(b"") == ""


types = st.one_of(
    st.sampled_from(["", FORM, "application/json", "image/png", TYPE, "text/plain; charset=x"]),
    st.text(max_size=30),
)


@given(st.text(), types, st.sampled_from([None, "base64"]), st.booleans())
def test_whatever_came_is_shown(text, mime_type, encoding, truncated):
    body = Body(text=text, encoding=encoding, size=9, truncated=truncated, mime_type=mime_type)
    assert isinstance(readable(body), str)
    assert isinstance(searchable(body), str)
