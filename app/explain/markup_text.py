"""What XML and multipart bodies hold, as (object, field, value).

A few patterns instead of a parser: a body may be cut, broken, or made to keep a parser busy.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from app.explain.query_text import Compared

NAME_KEYS = frozenset(
    {"field_name", "fieldname", "field", "propertyname", "property", "name", "attribute", "column",
     "key"}
)  # fmt: skip
VALUE_KEYS = frozenset(
    {"field_value", "fieldvalue", "value", "values", "filter_value", "searchvalue"}
)
_TYPES = frozenset({"string", "int", "i4", "i8", "double", "base64"})
"""Elements that say only what kind of value they hold (XML-RPC)."""
_TOKEN = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)([^<>]*?)(/?)>|([^<>]+)")
_ATTRIBUTE = re.compile(r"""([\w.:-]+)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
_PART_NAME = re.compile(r"""\bname="?([^"\r\n;]+)""")


def from_xml(text: str) -> Iterator[Compared]:
    """Yield each text and attribute with the name of what it stands in.

    The object is FetchXML's ``<entity name="...">``, or what a SOAP body calls.
    """
    reader = _XmlReader()
    for closing, tag, attributes, alone, content in _TOKEN.findall(text):
        if tag and closing:
            reader.close(_local(tag))
        elif tag:
            yield from reader.open(_local(tag), attributes, alone=bool(alone))
        elif content.strip():
            yield from reader.text(html.unescape(content.strip()))


def from_multipart(text: str) -> Iterator[tuple[str, str]]:
    """Yield (name, value) of each part that is text."""
    boundary = text.lstrip("\r\n").partition("\n")[0].strip()
    if not boundary.startswith("--"):
        return
    for part in text.split(boundary):
        head, sign, value = part.replace("\r\n", "\n").partition("\n\n")
        name = _PART_NAME.search(head)
        if sign and name:
            yield name[1], value.rstrip("\n").removesuffix("--").rstrip("\n")


class _XmlReader:
    def __init__(self) -> None:
        self._open: list[str] = []
        self._named: dict[int, str] = {}
        self._object = ""

    def open(self, tag: str, attributes: str, *, alone: bool) -> Iterator[Compared]:
        listed = {
            _local(name): html.unescape(double or single)
            for name, double, single in _ATTRIBUTE.findall(attributes)
        }
        if tag.lower() == "entity" and listed.get("name"):
            self._object = listed["name"]
        elif self._open and self._open[-1].lower() == "body":
            self._object = tag
        named = next((value for key, value in listed.items() if key.lower() in NAME_KEYS), "")
        for key, value in listed.items():
            yield self._object, named if named and key.lower() in VALUE_KEYS else key, value
        if not alone:
            self._open.append(tag)
            self._named.pop(len(self._open) + 1, None)
            if named:
                self._named[len(self._open) + 1] = named

    def close(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def text(self, text: str) -> Iterator[Compared]:
        depth = len(self._open)
        while depth > 1 and self._open[depth - 1].lower() in _TYPES:
            depth -= 1
        tag = self._open[depth - 1] if depth else ""
        if tag.lower() in NAME_KEYS:
            self._named[depth] = text
        if tag.lower() in VALUE_KEYS:
            outer = self._open[depth - 2] if depth > 1 else ""
            yield self._object, self._named.get(depth, outer), text
        else:
            yield self._object, tag, text


def _local(name: str) -> str:
    return name.rpartition(":")[2]
