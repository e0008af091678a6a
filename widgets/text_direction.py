"""Sentences of ours read from left to right, whatever name they begin with."""

from __future__ import annotations

import unicodedata

_MARK = "\u200e"
_STRONG = {"L", "R", "AL"}


def left_to_right(sentence: str) -> str:
    """Return `sentence` so that a name in Arabic or Hebrew at its start does not turn it round.

    Qt takes the direction of a text from its first strong character (Unicode UAX #9, rule P2); a
    left-to-right mark before it settles that. Other sentences are returned as they are.
    """
    kinds = (unicodedata.bidirectional(char) for char in sentence)
    first = next((kind for kind in kinds if kind in _STRONG), "L")
    return sentence if first == "L" else _MARK + sentence
