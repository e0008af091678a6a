"""Bodies that are too long to be moved as one: cut into pieces, each readable by itself."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from connectors.contract.exchange import Body

LARGE = 1024 * 1024
"""Characters of a body that are moved as one; of more, the window would feel it."""

BEGINNING = 256 * 1024
"""Characters of a longer one that stay in its exchange, as many as a capture keeps."""

PIECE = 64 * 1024
"""Characters of a piece: a multiple of four, so that a piece of base64 is base64."""


def is_large(body: Body | None) -> bool:
    """Tell whether a body goes in pieces."""
    return body is not None and len(body.text) > LARGE


def beginning_of(body: Body) -> Body:
    """Return a body with its beginning only."""
    return msgspec.structs.replace(body, text=body.text[:BEGINNING], truncated=True)


def pieces_of(text: str) -> Iterator[bytes]:
    """Yield a text piece by piece, in UTF-8."""
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE].encode("utf-8", "surrogatepass")
