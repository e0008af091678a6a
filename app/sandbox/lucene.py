"""Lucene's classic query syntax, as far as Bullhorn's search uses it.

``field:term``, ``field:"a phrase"``, ``field:(a OR b)``, AND, OR, NOT, ``&&``, ``||``, ``!``,
``+``, ``-``, parentheses, backslash escapes and the wildcards ``*`` and ``?``. Words
without an operator between them are OR. Text is analysed as it is when it is indexed
(``app.sandbox.store.tokens``), so one word that holds several tokens becomes a phrase:
``phone:415-555`` asks for 415 next to 555.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.sandbox.store import Store, tokens

_SPECIAL = set('+-!(){}[]^"~*?:\\/&|')


class QuerySyntaxError(ValueError):
    """The query cannot be parsed; the message says where."""


@dataclass(frozen=True, slots=True)
class Term:
    """`field` contains the tokens of `text` next to each other, or fits it as a pattern."""

    field: str
    text: str
    pattern: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Lucene's boolean query: all of `must`, none of `must_not`, any of `should` if no `must`."""

    must: tuple[Node, ...] = ()
    should: tuple[Node, ...] = ()
    must_not: tuple[Node, ...] = ()


Node = Term | Group


@dataclass(frozen=True, slots=True)
class _Lexeme:
    kind: str  # word, phrase, pattern, field, (, ), AND, OR, NOT, +, -
    text: str
    at: int


def parse(query: str, fields: frozenset[str]) -> Node:
    """Read a query.

    Args:
        query: the text; must name a field for every term.
        fields: the fields that exist.

    Raises:
        QuerySyntaxError: it is broken, empty, or names a field that does not exist.
    """
    lexemes = _lex(query)
    if not lexemes:
        raise QuerySyntaxError("the query is empty")
    parser = _Parser(lexemes, fields)
    node = parser.group("")
    if parser.at < len(lexemes):
        raise QuerySyntaxError(f"unexpected ')' at character {lexemes[parser.at].at + 1}")
    return node


def search(store: Store, entity: str, node: Node) -> set[int]:
    """Return the ids of Bullhorn's records that `node` finds now."""
    return _find(store, entity, node, None)


def _find(store: Store, entity: str, node: Node, within: set[int] | None) -> set[int]:
    if isinstance(node, Term):
        return _find_term(store, entity, node, within)
    # A group of exclusions alone finds nothing in Lucene.
    found: set[int] = set()
    if node.must:
        current = within
        for child in node.must:
            current = _find(store, entity, child, current)
        found = current or set()
    else:
        for child in node.should:
            found |= _find(store, entity, child, within)
    for child in node.must_not:
        if found:
            found = found - _find(store, entity, child, found)
    return found


def _find_term(store: Store, entity: str, term: Term, within: set[int] | None) -> set[int]:
    if term.pattern:
        if term.text == "*":
            found = store.positions_like("bullhorn", entity, term.field, "*", within)
        else:
            pattern = term.text.lower().replace("[", "[[]")
            found = store.positions_like("bullhorn", entity, term.field, pattern, within)
        return set(found)
    words = tokens(term.text)
    if not words:
        return set()
    starts = store.positions("bullhorn", entity, term.field, words[0], within)
    for distance, word in enumerate(words[1:], start=1):
        following = store.positions("bullhorn", entity, term.field, word, set(starts))
        starts = {
            record_id: kept
            for record_id, positions in starts.items()
            if (
                kept := {
                    p for p in positions if p + distance in following.get(record_id, frozenset())
                }
            )
        }
    return set(starts)


class _Parser:
    def __init__(self, lexemes: list[_Lexeme], fields: frozenset[str]) -> None:
        self.lexemes = lexemes
        self.fields = fields
        self.at = 0

    def _peek(self) -> _Lexeme | None:
        return self.lexemes[self.at] if self.at < len(self.lexemes) else None

    def group(self, field: str) -> Node:
        """Read clauses up to the end or a closing parenthesis.

        As in Lucene's classic parser, AND makes both its neighbours required.
        """
        clauses: list[tuple[str, Node]] = []
        while (lexeme := self._peek()) is not None and lexeme.kind != ")":
            joined = ""
            if lexeme.kind in {"AND", "OR"}:
                if not clauses:
                    raise QuerySyntaxError(
                        f"{lexeme.kind} without a term before it at character {lexeme.at + 1}"
                    )
                joined = lexeme.kind
                self.at += 1
            occur = self._occur()
            node = self._clause(field)
            if joined == "AND":
                before, previous = clauses[-1]
                if before == "should":
                    clauses[-1] = ("must", previous)
                if occur == "should":
                    occur = "must"
            clauses.append((occur, node))
        if not clauses:
            raise QuerySyntaxError("a pair of parentheses is empty")
        if len(clauses) == 1 and clauses[0][0] != "must_not":
            return clauses[0][1]
        pick: Callable[[str], tuple[Node, ...]] = lambda occur: tuple(  # noqa: E731
            node for kind, node in clauses if kind == occur
        )
        return Group(pick("must"), pick("should"), pick("must_not"))

    def _occur(self) -> str:
        occur = "should"
        while (lexeme := self._peek()) is not None and lexeme.kind in {"NOT", "+", "-"}:
            occur = "must" if lexeme.kind == "+" else "must_not"
            self.at += 1
        return occur

    def _clause(self, field: str) -> Node:
        lexeme = self._peek()
        if lexeme is None:
            raise QuerySyntaxError("the query ends where a term is needed")
        self.at += 1
        if lexeme.kind == "field":
            if lexeme.text not in self.fields:
                raise QuerySyntaxError(f"unknown field {lexeme.text!r}")
            following = self._peek()
            if following is None or following.kind not in {"word", "phrase", "pattern", "("}:
                raise QuerySyntaxError(
                    f"no value for field {lexeme.text!r} at character {lexeme.at + 1}"
                )
            return self._clause(lexeme.text)
        if lexeme.kind == "(":
            node = self.group(field)
            closing = self._peek()
            if closing is None:
                raise QuerySyntaxError(f"'(' at character {lexeme.at + 1} is never closed")
            self.at += 1
            return node
        if lexeme.kind in {"word", "phrase", "pattern"}:
            if not field:
                raise QuerySyntaxError(f"no field for {lexeme.text!r} at character {lexeme.at + 1}")
            return Term(field, lexeme.text, pattern=lexeme.kind == "pattern")
        raise QuerySyntaxError(f"unexpected {lexeme.text!r} at character {lexeme.at + 1}")


def _lex(query: str) -> list[_Lexeme]:
    lexemes: list[_Lexeme] = []
    at = 0
    while at < len(query):
        sign = query[at]
        if sign.isspace():
            at += 1
        elif sign in "()+-":
            lexemes.append(_Lexeme(sign, sign, at))
            at += 1
        elif sign == "!":
            lexemes.append(_Lexeme("NOT", sign, at))
            at += 1
        elif query[at : at + 2] in {"&&", "||"}:
            lexemes.append(_Lexeme("AND" if sign == "&" else "OR", query[at : at + 2], at))
            at += 2
        elif sign == '"':
            text, end = _read_phrase(query, at)
            lexemes.append(_Lexeme("phrase", text, at))
            at = end
        else:
            lexeme, at = _read_word(query, at)
            lexemes.append(lexeme)
    return lexemes


def _read_phrase(query: str, start: int) -> tuple[str, int]:
    text = ""
    at = start + 1
    while at < len(query):
        if query[at] == '"':
            return text, at + 1
        if query[at] == "\\" and at + 1 < len(query):
            at += 1
        text += query[at]
        at += 1
    raise QuerySyntaxError(f"the quotation mark at character {start + 1} is never closed")


def _read_word(query: str, start: int) -> tuple[_Lexeme, int]:
    text = ""
    pattern = escaped = False
    at = start
    while at < len(query):
        sign = query[at]
        if sign == "\\":
            if at + 1 == len(query):
                raise QuerySyntaxError("the query ends with a backslash")
            text += query[at + 1]
            escaped = True
            at += 2
            continue
        if sign == ":":
            if not text:
                raise QuerySyntaxError(f"':' without a field at character {at + 1}")
            return _Lexeme("field", text, start), at + 1
        if sign.isspace() or sign in '()"':
            break
        if sign in "*?":
            pattern = True
        elif sign in _SPECIAL and sign not in "+-/&|!":
            raise QuerySyntaxError(f"{sign!r} at character {at + 1} must be escaped")
        text += sign
        at += 1
    if not escaped and text in {"AND", "OR", "NOT"}:
        return _Lexeme(text, text, start), at
    return _Lexeme("pattern" if pattern else "word", text, start), at
