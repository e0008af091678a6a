"""What XML and multipart bodies hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.explain.markup_text import from_multipart, from_xml


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a><b>1</b></a>", [("", "b", "1")]),
        ("<n:a x='1'>2</n:a>", [("", "x", "1"), ("", "a", "2")]),
        ("<b>R&amp;D &#43;1</b>", [("", "b", "R&D +1")]),
        ("<f><field>tel</field><value>1</value></f>", [("", "field", "tel"), ("", "tel", "1")]),
        ("<tel><searchValue>1</searchValue></tel>", [("", "tel", "1")]),
        ("<c attribute='tel' value='1'/>", [("", "attribute", "tel"), ("", "tel", "1")]),
        ("<Body><find><tel>1</tel></find></Body>", [("find", "tel", "1")]),
        ("<a><b>1</c></a>2", [("", "b", "1"), ("", "", "2")]),
        ("no markup", [("", "", "no markup")]),
        ("<>", []),
    ],
)
def test_elements_and_attributes(text, expected):
    assert list(from_xml(text)) == expected


def test_a_name_counts_for_its_own_siblings_only():
    text = "<f><c><field>tel</field><value>1</value></c><c><value>2</value></c></f>"
    assert list(from_xml(text)) == [("", "field", "tel"), ("", "tel", "1"), ("", "c", "2")]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_parts(end):
    text = end.join(
        ["--x", 'Content-Disposition: form-data; name="tel"', "", "1", "--x",
         "Content-Disposition: form-data; name=note", "Content-Type: text/plain", "", "a", "b",
         "--x--", ""]
    )  # fmt: skip
    assert list(from_multipart(text)) == [("tel", "1"), ("note", "a\nb")]


def test_a_body_without_parts_has_none():
    assert list(from_multipart("tel=1")) == []
    assert list(from_multipart("")) == []


@given(st.text(), st.text(alphabet="<>/='\"ab &;:"))
def test_any_text_is_read(plain, rude):
    for text in (plain, rude, f"--{plain}\r\n{rude}"):
        list(from_xml(text))
        list(from_multipart(text))
