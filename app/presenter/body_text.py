"""Bodies for reading: indented JSON, decoded pairs of a form, parts of a multipart, hex dumps."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qsl

import msgspec

from connectors.contract.exchange import Body

FORM = "application/x-www-form-urlencoded"
HEX_BYTES = 512
MAX_PARTS = 100
MAX_INDENTED = 4 * 1024 * 1024
SHOWN_OF_LARGE = 100_000
"""Characters of a body that was kept apart: what is said after them is seen."""
_LINE = 16
_PARAMETER = re.compile(r';\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^;]*))')
_TEXTS = re.compile(r"text/|application/(.*[+])?(json|xml|javascript|x-www-form-urlencoded)")


def readable(body: Body | None, whole_by: str = "") -> str:
    """Return a body for reading; what is not whole says so at its end.

    Args:
        body: as its exchange has it.
        whole_by: what gives the whole body, where this is a beginning of it that was kept apart.
    """
    if body is not None and whole_by:
        body = msgspec.structs.replace(body, text=body.text[:SHOWN_OF_LARGE])
    if body is None or not body.size:
        return ""
    mime_type, parameters = content_type(body.mime_type)
    data = raw_bytes(body)
    boundary = parameters.get("boundary")
    if data is None:
        shown = f"{_what(body.size, body.mime_type)} They held a secret and were taken out."
    elif mime_type.startswith("multipart/") and boundary:
        shown = _multipart(data, boundary)
    elif body.encoding == "base64":
        shown = _bytes_text(data, body.size, body.mime_type)
    else:
        shown = _text(body.text, mime_type)
    if not body.truncated:
        return shown
    end = f"cut here: {body.size:,} bytes in all."
    return f"{shown}\n... {end} {whole_by}".rstrip()


def searchable(body: Body | None) -> str:
    """Return a body as a filter looks through it: what came, and a form's pairs decoded too."""
    if body is None:
        return ""
    if body.encoding == "base64":
        return (raw_bytes(body) or b"").decode("utf-8", "replace")
    if "%" in body.text or "+" in body.text:
        mime_type, _ = content_type(body.mime_type)
        if mime_type == FORM:
            return f"{body.text}\n{_form(body.text)}"
    return body.text


def raw_bytes(body: Body) -> bytes | None:
    """Return the kept bytes of a body, None when a redaction has taken them."""
    if body.encoding != "base64":
        return body.text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body.text, validate=True)
    except (binascii.Error, ValueError):
        return None


def content_type(text: str) -> tuple[str, dict[str, str]]:
    """Return the type in lower case, and its parameters, of a Content-Type header."""
    parameters = {
        name.lower(): quoted or plain.strip() for name, quoted, plain in _PARAMETER.findall(text)
    }
    return text.partition(";")[0].strip().lower(), parameters


def hex_dump(data: bytes) -> str:
    """Return the first bytes as offset, hexadecimal and characters."""
    lines = []
    for start in range(0, min(len(data), HEX_BYTES), _LINE):
        line = data[start : min(start + _LINE, HEX_BYTES)]
        halves = f"{line[:8].hex(' '):<23}  {line[8:].hex(' '):<23}"
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in line)
        lines.append(f"{start:08x}  {halves}  |{letters}|")
    return "\n".join(lines)


def _text(text: str, mime_type: str) -> str:
    if mime_type == FORM and "=" in text:
        return _form(text)
    return _indented(text)


def _indented(text: str) -> str:
    if len(text) > MAX_INDENTED:
        return f"(not indented: longer than {MAX_INDENTED:,} characters)\n{text}"
    try:
        return msgspec.json.format(text.lstrip("\ufeff \t\r\n"), indent=2)
    except (ValueError, RecursionError):
        return text


def _form(text: str) -> str:
    pairs = parse_qsl(text, keep_blank_values=True, errors="replace")
    width = max((len(name) for name, _ in pairs), default=0)
    return "\n".join(f"{name:<{width}} = {value}" for name, value in pairs)


def _bytes_text(data: bytes, size: int, mime_type: str) -> str:
    kind, parameters = content_type(mime_type)
    text = _decoded(data, parameters.get("charset")) if _TEXTS.match(kind) else None
    if text is not None:
        return _text(text, kind)
    first = f" The first {HEX_BYTES}:" if len(data) > HEX_BYTES else ""
    return f"{_what(size, mime_type)}{first}\n{hex_dump(data)}"


def _what(size: int, mime_type: str) -> str:
    return f"{size:,} bytes of {mime_type or 'unknown type'}, not text."


def _decoded(data: bytes, charset: str | None) -> str | None:
    """Return text in the charset that its sender has named; None when it is not that."""
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, ValueError):
        return None


def _multipart(data: bytes, boundary: str) -> str:
    """Return each part under a heading with its name, type and size."""
    mark = b"--" + boundary.encode("latin-1", "replace")
    before, *pieces = (b"\r\n" + data).split(b"\r\n" + mark)
    parts = [piece for piece in pieces if not piece.startswith(b"--")]
    if before.strip() or not parts:
        return _bytes_text(data, len(data), "text/plain")
    shown = [
        _part(part, f"Part {number} of {len(parts)}")
        for number, part in enumerate(parts[:MAX_PARTS], start=1)
    ]
    if len(parts) > MAX_PARTS:
        shown.append(f"... and {len(parts) - MAX_PARTS:,} more parts.")
    return "\n\n".join(shown)


def _part(part: bytes, title: str) -> str:
    head, _, content = part.lstrip(b"\r\n").partition(b"\r\n\r\n")
    headers = dict(_header_line(line) for line in head.decode("utf-8", "replace").splitlines())
    mime_type = headers.get("content-type", "text/plain")
    disposition = headers.get("content-disposition", "").partition(";")[2].strip()
    heading = "   ".join(filter(None, (title, disposition, mime_type, f"{len(content):,} bytes")))
    return f"{heading}\n{_bytes_text(content, len(content), mime_type)}"


def _header_line(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()
