"""A stored phone text held against a number and against a spelling, character by character."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Literal

import phonenumbers
from phonenumbers import MatchType, NumberParseException

from connectors import phone

_LONGEST = 200
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs", "Mn", "Me"})
_EXTENSION = re.compile(r"(?i)\s*[,;]?\s*(?:ext(?:ension|n)?|int|x|#)\s*[.:]?\s*\d{1,8}\s*$")
_CONTROLS = {"\t": "a tab", "\n": "a line break", "\r": "a line break", "\0": "a zero byte"}
_TRUNK = re.compile(r"\(\s*0\s*\)")


class Match(StrEnum):
    """How near a stored text is to a number, in libphonenumber's words."""

    EXACT = "EXACT"
    NSN = "NSN"
    SHORT_NSN = "SHORT_NSN"
    NO_MATCH = "NO_MATCH"
    NOT_A_NUMBER = "NOT_A_NUMBER"


MATCH_WORDS = {
    Match.EXACT: "the same number",
    Match.NSN: "the same national number",
    Match.SHORT_NSN: "nearly the same number",
    Match.NO_MATCH: "another number",
    Match.NOT_A_NUMBER: "no number",
}
"""The same for a person."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that keeps a stored text from being the plain number.

    Attributes:
        kind: a word for programs, such as ``NO_BREAK_SPACE``.
        text: the same in a sentence part for a person.
        at: index of the first character concerned in the stored text.
    """

    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stored text against the number that was looked up."""

    match: Match
    shown: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One column of an alignment; an empty text is a gap."""

    stored: str
    candidate: str
    kind: Literal["same", "changed", "only_stored", "only_candidate"]


@dataclass(frozen=True, slots=True)
class Alignment:
    """A stored text beside one spelling.

    Attributes:
        ratio: 1.0 when both are the same text, 0.0 when they share nothing.
        differences: every run of characters that differs, in words.
    """

    steps: tuple[Step, ...]
    ratio: float
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether both texts are equal, character for character."""
        return not self.differences


_MATCHES = {
    MatchType.EXACT_MATCH: Match.EXACT,
    MatchType.NSN_MATCH: Match.NSN,
    MatchType.SHORT_NSN_MATCH: Match.SHORT_NSN,
    MatchType.NO_MATCH: Match.NO_MATCH,
    MatchType.NOT_A_NUMBER: Match.NOT_A_NUMBER,
}


def compare(stored: str, number: str, region: str | None = None) -> Comparison:
    """Say how near `stored` is to `number`; never raises.

    Args:
        stored: any text from a CRM's phone field.
        number: the number that was looked up, as App Connect received it.
        region: ISO letters for numbers without a country code; None takes the region of `number`.
    """
    wanted = parse_loosely(number, region)
    home = region_of(wanted) or region
    found = parse_loosely(stored, home)
    if wanted is None or found is None:
        match = Match.NOT_A_NUMBER
    elif _has_country(stored):
        match = _MATCHES[phonenumbers.is_number_match(found, wanted)]
    else:
        match = _MATCHES[phonenumbers.is_number_match(found, wanted)]
        # Without a country code of its own the text can at best agree in the national digits.
        match = Match.NSN if match is Match.EXACT else match
    return Comparison(match, visible(stored), tuple(_differences(stored, found, wanted)))


def align(stored: str, candidate: str) -> Alignment:
    """Put two texts side by side and name each place where they differ; never raises."""
    left, right = stored[:_LONGEST], candidate[:_LONGEST]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    steps: list[Step] = []
    differences: list[Difference] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            steps += [Step(char, char, "same") for char in left[a:b]]
            continue
        for at in range(max(b - a, d - c)):
            mine = left[a + at] if a + at < b else ""
            theirs = right[c + at] if c + at < d else ""
            kind: Literal["changed", "only_stored", "only_candidate"] = (
                "changed" if mine and theirs else "only_stored" if mine else "only_candidate"
            )
            steps.append(Step(mine, theirs, kind))
        differences.append(_difference_between(left, a, left[a:b], right[c:d]))
    if not differences and stored != candidate:
        differences.append(Difference("TOO_LONG", "differs after the first 200 characters", 200))
    return Alignment(tuple(steps), matcher.ratio(), tuple(differences))


def visible(text: str) -> str:
    """Return `text` with every invisible or misleading character as ``<U+00A0>``."""
    return "".join(f"<U+{ord(char):04X}>" if is_odd(char) else char for char in text)


def is_odd(char: str) -> bool:
    """Tell whether a person cannot see what this character is."""
    if " " <= char <= "~":
        return False
    category = unicodedata.category(char)
    return category in _INVISIBLE or category in {"Pd", "Nd"} or "\uff00" <= char <= "\uffef"


def parse_loosely(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    """Read any text as a phone number, invisible marks and ``(0)`` aside; None when it is none."""
    plain = plain_text(text)
    if len(plain) > _LONGEST:
        return None
    if _has_country(plain):
        plain = _TRUNK.sub("", plain)
    try:
        return phonenumbers.parse(plain, region)
    except NumberParseException:
        return None


def region_of(number: phonenumbers.PhoneNumber | None) -> str | None:
    """Return the ISO letters of a number's region, None for a number of no country."""
    if number is None:
        return None
    return phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(
        number.country_code or 0
    )


def plain_text(text: str) -> str:
    """Return `text` as a person would type it: plain digits, blanks, hyphens, no marks."""
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if char.isdecimal():
            kept.append(str(unicodedata.decimal(char)))
        elif category in {"Zs", "Zl", "Zp"} or char in "\t\r\n":
            kept.append(" ")
        elif category == "Pd" or char == "\u2212":
            kept.append("-")
        elif category not in _INVISIBLE:
            kept.append(unicodedata.normalize("NFKC", char) if char >= "\uff00" else char)
    return re.sub(" {2,}", " ", "".join(kept)).strip()


def extension_at(text: str) -> int | None:
    """Return where an extension such as ``ext. 12`` begins, None when there is none."""
    found = _EXTENSION.search(text)
    return (
        found.start()
        if found and any(char.isdecimal() for char in text[: found.start()])
        else (None)
    )


def _has_country(text: str) -> bool:
    return plain_text(text).lstrip("( ").startswith("+")


def _differences(
    stored: str,
    found: phonenumbers.PhoneNumber | None,
    wanted: phonenumbers.PhoneNumber | None,
) -> list[Difference]:
    end = extension_at(stored)
    head = stored if end is None else stored[:end]
    listed = _odd_characters(stored)
    if end is not None:
        listed.append(Difference("EXTENSION_TEXT", f"extension text '{stored[end:].strip()}'", end))
    letters = next((at for at, char in enumerate(head) if char.isalpha()), None)
    if letters is not None:
        listed.append(Difference("LETTER", f"a letter '{head[letters]}'", letters))
    if trunk := _TRUNK.search(head):
        listed.append(Difference("TRUNK_ZERO", "a trunk zero '(0)'", trunk.start()))
    if found is not None and wanted is not None and found.country_code != wanted.country_code:
        listed.append(
            Difference(
                "COUNTRY_CODE",
                f"country code +{found.country_code} instead of +{wanted.country_code}",
                0,
            )
        )
    elif wanted is not None and not _has_country(stored):
        digits = "".join(char for char in plain_text(head) if char.isdecimal())
        code = str(wanted.country_code)
        if digits == code + phonenumbers.national_significant_number(wanted):
            listed.append(Difference("MISSING_PLUS", f"no plus before country code {code}", 0))
    if doubled := re.search(r"\s{2,}", stored):
        listed.append(Difference("DOUBLED_BLANK", "a doubled blank", doubled.start()))
    if stored != stored.strip():
        listed.append(Difference("OUTER_BLANK", "blanks at the beginning or end", 0))
    return sorted(listed, key=lambda each: each.at)


def _odd_characters(text: str) -> list[Difference]:
    """Name each odd character once."""
    seen: dict[str, Difference] = {}
    for at, char in enumerate(text):
        if is_odd(char) and char not in seen:
            seen[char] = Difference(*_name(char), at)
    return list(seen.values())


def _name(char: str) -> tuple[str, str]:
    code = f"U+{ord(char):04X}"
    category = unicodedata.category(char)
    name = unicodedata.name(char, "unnamed character").lower()
    if char in _CONTROLS:
        return "INVISIBLE_MARK", _CONTROLS[char]
    if char == "\u00a0":
        return "NO_BREAK_SPACE", f"a no-break space ({code})"
    if char == "\u2013":
        return "EN_DASH", f"an en dash ({code})"
    if category == "Pd":
        return "DASH", f"another dash: {name} ({code})"
    if category == "Nd":
        kind = "FULL_WIDTH_DIGIT" if "\uff10" <= char <= "\uff19" else "OTHER_DIGIT"
        words = "full-width digit" if kind == "FULL_WIDTH_DIGIT" else "digit of another script"
        return kind, f"a {words} '{char}' ({code})"
    if category == "Zs":
        return "OTHER_SPACE", f"another kind of blank: {name} ({code})"
    if category in _INVISIBLE:
        return "INVISIBLE_MARK", f"an invisible character: {name} ({code})"
    return "ODD_CHARACTER", f"an unusual character: {name} ({code})"


def _difference_between(stored: str, at: int, mine: str, theirs: str) -> Difference:
    """Name one run of characters in which the stored text and a spelling differ."""
    odd = next((char for char in mine if is_odd(char)), None)
    if odd is not None:
        kind, text = _name(odd)
    elif extension_at(stored) is not None and at >= (extension_at(stored) or 0):
        kind, text = "EXTENSION_TEXT", f"extension text '{mine.strip()}'"
    elif any(char.isalpha() for char in mine):
        kind, text = "LETTER", f"letters '{mine}'"
    elif _TRUNK.search(mine):
        kind, text = "TRUNK_ZERO", f"a trunk zero '{mine}'"
    elif mine and not mine.strip():
        doubled = stored[at - 1 : at] == " " or len(mine) > 1
        kind, text = ("DOUBLED_BLANK", "a doubled blank") if doubled else ("BLANK", "a blank")
    elif theirs.strip() == "+" and not mine.strip():
        kind, text = "MISSING_PLUS", "no plus"
    elif any(char.isdecimal() for char in mine + theirs):
        kind, text = "DIGITS", f"'{mine}'" if mine else "nothing"
    else:
        kind, text = "PUNCTUATION", f"'{mine}'" if mine else "nothing"
    instead = f" instead of '{visible(theirs)}'" if theirs else " too many" if mine else ""
    return Difference(kind, text + instead, at)


def is_valid(text: str) -> bool:
    """Tell whether App Connect would look `text` up as a number."""
    return phone.parse(text).valid
