"""Rules about values on their way to the CRM: what was asked for must arrive (contact-flow 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus

from app.checks.finding import Finding, Rule, found
from app.checks.reading import shown
from app.evidence import Evidence
from app.traffic import asked
from connectors.contract.exchange import Exchange

_LUCENE = re.compile(r"(?<![\w.])([A-Za-z_][\w.]*):$")
_SCHEMES = frozenset({"tel", "sip", "sips", "callto", "sms", "http", "https", "mailto"})
_BREAKS_TERM = re.compile(r"""[()\[\]{}^"~*?:\\/]|^[+\-!]|&&|\|\|""")
_FIND = re.compile(r"\bfind\s*\{(?:[^}]*[^}\\])?$", re.IGNORECASE)
_BREAKS_FIND = re.compile(r"""[?&|!{}\[\]()^~*:\\"'+\-]""")


def check_values(evidence: Evidence) -> Iterator[Finding]:
    """Numbers and names reach the CRM whole; one finding for each way in which they do not."""
    known = asked.spellings(evidence)
    broken: dict[tuple[Rule, str], list[int]] = {}
    for exchange in evidence.exchanges:
        for way in _broken(exchange, known):
            broken.setdefault(way, []).append(exchange.id)
    for (rule, text), ids in broken.items():
        yield found(rule, "error", text, *ids)


def _broken(exchange: Exchange, known: tuple[str, ...]) -> Iterator[tuple[Rule, str]]:
    parts = asked.split(exchange.url)
    if parts is None:
        return
    raw = [("query", parts.query)] if parts.query else []
    if asked.is_form(exchange):
        raw.append(("form", asked.text_of(exchange.body)))
    for place, query in raw:
        yield from _broken_encoding(place, query, known)
    yield from _cut(exchange, parts.query, parts.fragment, known)
    yield from _broken_markup(asked.text_of(exchange.body), known)
    for value in asked.values(exchange):
        yield from _broken_literal(value, known)


def _broken_encoding(place: str, query: str, known: tuple[str, ...]) -> Iterator[tuple[Rule, str]]:
    encoded = [value for _name, value in asked.pairs(query)]
    decoded = [unquote_plus(value) for value in encoded]
    whole = (unquote_plus(query), unquote(query))
    for text in known:
        if any(text in value for value in decoded):
            continue
        # A bare # cuts the query, so only what comes before it can be looked for.
        head = text.partition("#")[0].strip()
        if "+" in text and any(text in unquote(value) for value in encoded):
            yield (
                Rule.VALUE_UNESCAPED,
                f"The + of {shown(text)} is sent bare in the {place} and arrives as a blank.",
            )
        elif "&" in head and any(head in each for each in whole):
            yield (
                Rule.VALUE_UNESCAPED,
                f"The & of {shown(text)} splits the {place}: the rest becomes a parameter.",
            )
        elif any(text in unquote_plus(value) for value in decoded):
            yield (
                Rule.VALUE_ENCODED_TWICE,
                f"{shown(text)} is encoded twice in the {place} and arrives with % signs in it.",
            )


def _cut(
    exchange: Exchange, query: str, fragment: str, known: tuple[str, ...]
) -> Iterator[tuple[Rule, str]]:
    """A bare # ends the URL. Some clients drop the rest before anyone sees it."""
    decoded = [unquote_plus(value) for _name, value in asked.pairs(query)]
    everything = list(asked.values(exchange))
    for text in known:
        head, sign, rest = text.partition("#")
        head, rest = head.strip(), rest.strip()
        if not sign or not head or any(text in value for value in everything):
            continue
        # E.164 before an extension ("+16505551234#134") is the number itself, not a cut value.
        is_whole = not fragment and re.fullmatch(r"\+?\d+", head) is not None
        elsewhere = rest and any(rest in value for value in everything)
        if (
            not is_whole
            and not elsewhere
            and any(value.strip().endswith(head) for value in decoded)
        ):
            yield (
                Rule.VALUE_UNESCAPED,
                f"The # of {shown(text)} cuts the URL: {shown(head)} is all that arrives.",
            )
            return
    if fragment:
        yield (
            Rule.VALUE_UNESCAPED,
            f"A bare # cuts the URL: #{shown(fragment)} never reaches the CRM.",
        )


def _broken_markup(body: str, known: tuple[str, ...]) -> Iterator[tuple[Rule, str]]:
    """An & or < in XML stands for itself only as a character reference."""
    if not body.lstrip("\ufeff \t\r\n").startswith("<"):
        return
    for text in known:
        sign = next((char for char in "&<" if char in text), "")
        if sign and text in body and f"<![CDATA[{text}" not in body:
            yield (
                Rule.VALUE_UNESCAPED,
                f"The {sign} of {shown(text)} stands bare in the XML, which cannot be read.",
            )
            return


def _broken_literal(value: str, known: tuple[str, ...]) -> Iterator[tuple[Rule, str]]:
    """A value inside a query language ends its own literal (SQL, OData) or term (Lucene, SOSL)."""
    for text in known:
        at = value.find(text)
        if at < 0 or value.strip() == text:
            continue
        before = value[:at]
        for quote in "'\"":
            if quote in text and _is_open(before, quote):
                yield (
                    Rule.VALUE_UNESCAPED,
                    f"The {quote} of {shown(text)} ends the literal it stands in.",
                )
                return
        field = _LUCENE.search(before)
        if (
            field is not None
            and field[1].lower() not in _SCHEMES
            and _BREAKS_TERM.search(text) is not None
        ):
            yield (
                Rule.VALUE_UNESCAPED,
                f"{shown(text)} stands bare after {shown(field[0])} although it holds "
                "characters of the query language.",
            )
            return
        if _FIND.search(before) and not _is_open(before, '"') and _BREAKS_FIND.search(text):
            yield (
                Rule.VALUE_UNESCAPED,
                f"{shown(text)} stands bare in FIND {{...}} although it holds characters that are "
                "reserved there.",
            )
            return


def _is_open(before: str, quote: str) -> bool:
    """Tell whether a literal in `quote` is still open at the end of `before`."""
    return len(re.findall(rf"(?<!\\){re.escape(quote)}", before)) % 2 == 1
