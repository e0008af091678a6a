"""Long bodies are cut into pieces, each readable by itself."""

import base64

import pytest

from app.traffic.large_body import BEGINNING, LARGE, beginning_of, is_large, pieces_of
from connectors.contract.exchange import Body


def test_only_what_is_too_long_goes_in_pieces():
    assert not is_large(None)
    assert not is_large(Body(text="x" * LARGE))
    assert is_large(Body(text="x" * (LARGE + 1)))


def test_the_beginning_says_that_it_is_one():
    body = beginning_of(Body(text="ë" * (LARGE + 1), size=7, mime_type="a/b"))
    assert body == Body(text="ë" * BEGINNING, size=7, truncated=True, mime_type="a/b")


@pytest.mark.parametrize("character", ["x", "ë", "\U0001f600", "\ud800"])
def test_the_pieces_are_the_text_cut_between_two_characters(character):
    text = character * 150_001
    pieces = [piece.decode("utf-8", "surrogatepass") for piece in pieces_of(text)]
    assert len(pieces) > 2
    assert "".join(pieces) == text


def test_each_piece_of_base64_is_base64():
    data = bytes(range(256)) * 1000
    pieces = list(pieces_of(base64.b64encode(data).decode()))
    assert len(pieces) > 2
    assert b"".join(map(base64.b64decode, pieces)) == data
