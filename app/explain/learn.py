"""Which phone formats fit the numbers that a CRM has stored, learned from the stored texts.

A format covers a stored text when the format, filled with the number's digits as
:func:`connectors.phone.apply_format` does, gives exactly that text. The number of places must equal
the number of digits, and literal digits may only stand before them. So at most one format covers a
given text: its last digits become places, everything else stays. No two formats share a text, hence
the best set is simply the most frequent ones, and what a format adds is what it covers alone.

Nothing is kept of the texts but one count and one example per kind of spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.explain.compare import compare, extension_at, is_odd, visible
from app.explain.stored_number import NumberReader, StoredNumber, digits_of, is_plain
from connectors import phone

MOST_FORMATS = 3
DEFAULT_REGION = "US"
OTHER_SPELLINGS = "other spellings"

_SHOWN = 20
_KINDS = 20_000
_LONGEST = 64
_LONGEST_SPELLING = 44
_MASK = str.maketrans("0123456789", "0" * 10)
_PLACES = str.maketrans("0123456789", "#" * 10)
_SEPARATOR = re.compile(r"[,;/|&\n\r]+|\s(?:or|and|und|oder|et|ou)\s", re.IGNORECASE)
_FEWEST_DIGITS_OF_A_NUMBER = 7
_ROUNDED = re.compile(r"\s*[+-]?\d(?:[.,]\d+)?[eE]\+?\d{1,2}\s*")
_DECIMAL = re.compile(r"\+?\d{7,}[.,]0")
_REWRITTEN = "a mobile or carrier prefix stands among its digits: no format has them in this order"
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class LearnedFormat:
    """A format that is worth configuring.

    Attributes:
        adds: stored numbers that this format covers and none before it does.
        covers: stored numbers that it covers alone.
        share: of all numbers, the part that this format and those before it cover, 0 to 1.
    """

    format: str
    adds: int
    covers: int
    share: float


@dataclass(frozen=True, slots=True)
class Uncovered:
    """One kind of spelling that none of the formats covers.

    Attributes:
        spelling: ``#`` for each digit, invisible characters as ``<U+00A0>``.
        example: one such text as it is stored.
        why: why it is not covered, and what would help.
    """

    spelling: str
    count: int
    example: str
    why: str


@dataclass(frozen=True, slots=True)
class Learned:
    """What the stored texts taught.

    Attributes:
        rows: the texts that were read, empty ones too.
        numbers: those with a digit in them.
        uncovered: the most frequent first; their counts and the formats' sum up to `numbers`.
    """

    rows: int
    numbers: int
    formats: tuple[LearnedFormat, ...]
    uncovered: tuple[Uncovered, ...]

    @property
    def covered(self) -> int:
        """How many numbers the formats cover together."""
        return sum(learned.adds for learned in self.formats)


class FormatLearner:
    """Takes stored texts one by one; :meth:`result` may be asked at any time.

    Args:
        region: two ISO letters, for numbers stored without a country code.
        most: how many formats at most.
        kinds: how many kinds of spelling are kept apart. When there are more, those that are the
            rarer half at that moment are counted together.

    Raises:
        UnknownRegionError: there is no such region.
    """

    def __init__(
        self, region: str = DEFAULT_REGION, most: int = MOST_FORMATS, kinds: int = _KINDS
    ) -> None:
        self._reader = NumberReader(region)
        self._most = most
        self._most_kinds = kinds
        self._rows = 0
        self._numbers = 0
        self._kinds: dict[tuple[str, str], _Kind] = {}
        self._shapes: dict[str, _Shape] = {}
        self._by_number: dict[tuple[str, str | None, int, str], _Kind] = {}
        self._set_aside: _Kind | None = None

    def add(self, text: str) -> None:
        """Count one stored text."""
        self._rows += 1
        if len(text) > _LONGEST:
            self._add_long(text)
            return
        masked = text.translate(_MASK)
        shape = self._shapes.get(masked)
        if shape is None:
            shape = self._shapes[masked] = _shape_of(text, masked)
        if not shape.has_digits:
            return
        self._numbers += 1
        kind = self._kind(shape.spelling, shape.why, text) if shape.why else self._read(text, shape)
        kind.count += 1
        if max(len(self._shapes), len(self._kinds), len(self._by_number)) > self._most_kinds:
            self._set_the_rarest_aside()

    def result(self) -> Learned:
        """Return what the texts so far have taught."""
        ranked = sorted(self._kinds.values(), key=_rank)
        chosen = [kind for kind in ranked if not kind.why][: self._most]
        formats: list[LearnedFormat] = []
        covered = 0
        for kind in chosen:
            covered += kind.count
            share = round(covered / self._numbers, 4)
            formats.append(LearnedFormat(kind.spelling, kind.count, kind.count, share))
        left = [kind for kind in ranked if kind not in chosen]
        return Learned(self._rows, self._numbers, tuple(formats), tuple(self._uncovered(left)))

    def _uncovered(self, left: list[_Kind]) -> list[Uncovered]:
        listed = [
            Uncovered(kind.spelling, kind.count, kind.example, kind.why or self._why_rare(kind))
            for kind in left[:_SHOWN]
        ]
        rest = left[_SHOWN:] + ([self._set_aside] if self._set_aside else [])
        if rest:
            count = sum(kind.count for kind in rest)
            why = "many kinds of spelling, each too rare to be listed"
            listed.append(Uncovered(OTHER_SPELLINGS, count, rest[0].example, why))
        return listed

    def _why_rare(self, kind: _Kind) -> str:
        abroad = f", a number of {kind.abroad}" if kind.abroad else ""
        return f"rarer than the {self._most} formats{abroad}"

    def _add_long(self, text: str) -> None:
        if any(char.isdecimal() for char in text):
            self._numbers += 1
            why = f"longer than {_LONGEST} characters: this is no phone number"
            self._kind("…", why, text[:_LONGEST]).count += 1

    def _read(self, text: str, shape: _Shape) -> _Kind:
        """Return the kind of a text that may be covered: its number decides."""
        if shape.plain:
            digits = digits_of(text)
            number = self._reader.read_plain(text, digits, international=shape.international)
            if number is None and not shape.international:
                number = self._read_without_plus(digits)
        else:
            digits, number = digits_of(text), self._reader.read(text)
        if number is None:
            return self._kind(shape.spelling, self._why_invalid(digits, shape), text)
        national = number.national_significant_number
        lead = digits.removesuffix(national) if digits.endswith(national) else None
        key = (shape.masked, lead, len(national), number.region)
        kind = self._by_number.get(key)
        if kind is None:
            kind = self._by_number[key] = self._kind_of_number(text, lead, shape, number)
        return kind

    def _read_without_plus(self, digits: str) -> StoredNumber | None:
        """Read digits that are too many for this region as a number with its country code."""
        if len(digits) <= self._reader.lengths[1] or digits.startswith("0"):
            return None
        number = self._reader.read_plain("+" + digits, digits, international=True)
        return None if number and number.country_code == self._reader.country_code else number

    def _kind_of_number(
        self, text: str, lead: str | None, shape: _Shape, number: StoredNumber
    ) -> _Kind:
        """Return the kind of a valid number; `lead` are the digits before the number's own."""
        if lead is None:
            return self._kind(shape.spelling, _REWRITTEN, text)
        made = format_with_places(text, len(number.national_significant_number))
        candidate = phone.apply_format(_as_phone_number(number), made)
        if candidate.status == "ok" and candidate.text == text:
            abroad = number.region if number.country_code != self._reader.country_code else ""
            return self._kind(made, "", text, abroad)
        why = f"'{lead}' before the number is no country code or trunk prefix of {number.region}"
        return self._kind(shape.spelling, why, text)

    def _why_invalid(self, digits: str, shape: _Shape) -> str:
        if shape.international:
            return f"no valid number: {len(digits)} digits with the country code"
        fewest, most = self._reader.lengths
        region = self._reader.region
        if len(digits) < fewest:
            return f"too short for a number of {region}: {len(digits)} digits"
        if len(digits) > most + 1:
            return f"too long for a number of {region}: {len(digits)} digits"
        return f"no valid number of {region}: another country's needs its country code"

    def _kind(self, spelling: str, why: str, example: str, abroad: str = "") -> _Kind:
        kind = self._kinds.get((spelling, why))
        if kind is None:
            kind = self._kinds[spelling, why] = _Kind(spelling, why, example, abroad)
        return kind

    def _set_the_rarest_aside(self) -> None:
        """Make room: count the rarer half of the kinds together."""
        self._shapes.clear()
        self._by_number.clear()
        if len(self._kinds) <= self._most_kinds:
            return
        ranked = sorted(self._kinds.values(), key=_rank)
        if self._set_aside is None:
            self._set_aside = _Kind(OTHER_SPELLINGS, "", ranked[-1].example, "")
        for kind in ranked[self._most_kinds // 2 :]:
            self._set_aside.count += kind.count
            del self._kinds[kind.spelling, kind.why]


def learn(texts: Iterable[str], region: str = DEFAULT_REGION, most: int = MOST_FORMATS) -> Learned:
    """Return the formats that cover most of the stored texts, and what they leave uncovered.

    Args:
        texts: what the CRM has stored, one text per record.
        region: two ISO letters, for numbers stored without a country code.
        most: how many formats at most.

    Raises:
        UnknownRegionError: there is no such region.
    """
    learner = FormatLearner(region, most)
    for text in texts:
        learner.add(text)
    return learner.result()


def format_with_places(text: str, places: int) -> str:
    """Return the one format that can give `text`: its last `places` digits become ``#``."""
    made = list(text)
    for at in range(len(made) - 1, -1, -1):
        if places and made[at].isdecimal():
            made[at] = "#"
            places -= 1
    return "".join(made)


class _Kind:
    """A kind of spelling: a format, or a masked text that none can give, with `why`.

    `abroad` is the region of a number with another country code than the file's own.
    """

    __slots__ = ("abroad", "count", "example", "spelling", "why")

    def __init__(self, spelling: str, why: str, example: str, abroad: str) -> None:
        self.spelling = spelling
        self.why = why
        self.example = example
        self.abroad = abroad
        self.count = 0


@dataclass(frozen=True, slots=True)
class _Shape:
    """All that can be told of a text without its digits.

    Attributes:
        why: why no format can give it, whatever the digits; empty when one may.
        plain: it is read digit by digit.
        international: a plus stands before the digits.
    """

    masked: str
    spelling: str
    why: str
    has_digits: bool
    plain: bool
    international: bool


def _shape_of(text: str, masked: str) -> _Shape:
    has_digits = any(char.isdecimal() for char in text)
    why = _why_never(text) if has_digits else ""
    return _Shape(masked, _spelling(text), why, has_digits, is_plain(text), "+" in text)


def _spelling(text: str) -> str:
    """Return the text with ``#`` for digits and, but for an extension's word, ``A`` for words."""
    end = extension_at(text)
    head, tail = (text, "") if end is None else (text[:end], text[end:])
    masked = _WORD.sub("A", head) + tail
    shown = visible(_masked(masked))
    return shown if len(shown) <= _LONGEST_SPELLING else shown[: _LONGEST_SPELLING - 1] + "…"


def _why_never(text: str) -> str:
    """Return why no format can give this text whatever its digits are, empty when one may."""
    if _ROUNDED.fullmatch(text):
        return "a spreadsheet rounded it to scientific notation: export the column as text"
    if _DECIMAL.fullmatch(text):
        return "a spreadsheet made a decimal number of it: export the column as text"
    parts = [part for part in _SEPARATOR.split(text) if part]
    if sum(_count_digits(part) >= _FEWEST_DIGITS_OF_A_NUMBER for part in parts) > 1:
        return "two numbers in one field: give each a field of its own"
    if (odd := _odd_character(text)) is not None:
        return f"{odd}: mend the record"
    if (end := extension_at(text)) is not None:
        return f"extension text '{_masked(text[end:].strip())}': a format has no place for it"
    if any(char.isalpha() for char in text):
        return "letters in it: no format can spell them for every number"
    if "," in text:
        return "a comma in it: formats are joined by commas, so none can have one"
    if "*" in text or "#" in text:
        return "a * or # in it: in a format that is a place for a digit"
    if text != text.strip():
        return "blanks at its beginning or end: connectors drop or keep them as they like"
    return ""


def _odd_character(text: str) -> str | None:
    """Name the first character that a person cannot see for what it is."""
    if text.isascii() and text.isprintable():
        return None
    for each in compare(text, "").differences:
        if is_odd(text[each.at]):
            return each.text
    return None


def _count_digits(text: str) -> int:
    return sum(char.isdecimal() for char in text)


def _masked(text: str) -> str:
    """Put ``#`` for the plain digits; those of other scripts are worth seeing."""
    return text.translate(_PLACES)


def _rank(kind: _Kind) -> tuple[int, str, str]:
    return -kind.count, kind.spelling, kind.why


def _as_phone_number(number: StoredNumber) -> phone.PhoneNumber:
    national = number.national_significant_number
    e164 = f"+{number.country_code}{national}"
    return phone.PhoneNumber(e164, e164, number.region, number.country_code, national, valid=True)
