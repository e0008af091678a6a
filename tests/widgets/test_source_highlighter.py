"""JSON in colours, in the scheme in use."""

import pytest
from PySide6.QtGui import QTextDocument

from widgets import theme
from widgets.source_highlighter import LONGEST_COLORED, SourceHighlighter


@pytest.fixture
def scheme(qapp):
    before = theme.current()
    yield lambda name: theme.prepare(qapp, name)
    theme.prepare(qapp, before)


def colors(document, line=0):
    """The colour of each piece of a line that has one."""
    block = document.findBlockByNumber(line)
    text = block.text().encode("utf-16-le")
    return [
        (
            text[each.start * 2 : (each.start + each.length) * 2].decode("utf-16-le"),
            each.format.foreground().color().name(),
        )
        for each in block.layout().formats()
    ]


def colored(text):
    document = QTextDocument()
    highlighter = SourceHighlighter(document)
    document.setPlainText(text)
    highlighter.rehighlight()
    return document, highlighter


@pytest.mark.parametrize("name", ["light", "dark"])
def test_keys_texts_templates_and_numbers_have_their_colours(scheme, name):
    scheme(name)
    document, _kept = colored('{"a": "x {{user.id}} y", "n": -1.5e3, "b": true}')
    named = theme.colors(name)
    assert colors(document) == [
        ('"a"', named["accent"]),
        ('"x ', named["success"]),
        ("{{user.id}}", named["warning"]),
        (' y"', named["success"]),
        ('"n"', named["accent"]),
        ("-1.5e3", named["warning"]),
        ('"b"', named["accent"]),
        ("true", named["warning"]),
    ]


def test_another_scheme_is_taken_when_it_is_coloured_anew(scheme):
    scheme("light")
    document, highlighter = colored('"a"')
    scheme("dark")
    highlighter.rehighlight()
    assert colors(document) == [('"a"', theme.colors("dark")["success"])]


def test_a_character_beyond_the_basic_plane_moves_nothing():
    document, _kept = colored('"😀": "{{a}}"')
    assert [piece for piece, _color in colors(document)] == ['"😀"', '"', "{{a}}", '"']


def test_a_line_that_is_data_stays_plain():
    document, _kept = colored('"' + "x" * LONGEST_COLORED + '"\n"short"')
    assert colors(document) == []
    assert [piece for piece, _color in colors(document, 1)] == ['"short"']
