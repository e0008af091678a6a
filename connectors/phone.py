"""Phone numbers: what App Connect makes of one, and the spellings that are searched.

The rules are those of libphonenumber without a default region (contact-flow 3.1): a number counts
only when it is *valid*, not merely possible.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat

INVALID_NUMBER = "INVALID_NUMBER"
EMPTY_FORMAT = "EMPTY_FORMAT"
NO_PLACEHOLDER = "NO_PLACEHOLDER"
PLACEHOLDER_COUNT = "PLACEHOLDER_COUNT"
COUNTRY_MISMATCH = "COUNTRY_MISMATCH"

_PLACEHOLDERS = "*#"
_PLUS_SIGNS = "+\uff0b"
_PUNCTUATION = " -.()/"
_LONGEST_EXTENSION = 6
_LONGEST_NUMBER = 20
_NON_GEOGRAPHIC = "001"


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number as App Connect understands it. All but `input` is None when it is not valid.

    Attributes:
        input: the text that was parsed.
        e164: ``+`` and at most 15 digits, without extension.
        region: ISO letters, ``001`` for numbers of no country.
        country_code: the calling code, 44 for the United Kingdom.
        national_significant_number: the digits after the calling code, Italy's leading 0 included.
    """

    input: str
    e164: str | None
    region: str | None
    country_code: int | None
    national_significant_number: str | None
    valid: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """One spelling of a number, made from a user's format.

    Attributes:
        format: the user's format as it was given.
        status: whether the spelling is searched.
        text: the spelling, None when it is skipped.
        reason: why it is skipped, one of the upper-case names of this module.
        production: what production would have sent, None when it would have sent nothing.
    """

    format: str
    status: Literal["ok", "skipped"]
    text: str | None
    reason: str | None
    production: str | None


def parse(text: str) -> PhoneNumber:
    """Parse any text as production does: the first blank becomes ``+``, no region is assumed.

    A ``+`` in a URL arrives as a blank, hence the replacement (contact-flow 3.1). Never raises.
    """
    number = _valid(text.replace(" ", "+", 1), None)
    if number is None:
        return PhoneNumber(text, None, None, None, None, valid=False)
    return PhoneNumber(
        input=text,
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        region=phonenumbers.region_code_for_number(number),
        country_code=number.country_code,
        national_significant_number=phonenumbers.national_significant_number(number),
        valid=True,
    )


def apply_format(number: PhoneNumber, format: str) -> Candidate:  # noqa: A002  the user's word
    """Spell `number` in a user's format, or say why the format cannot spell it.

    Each ``*`` or ``#`` stands for one digit of the national significant number. Literal digits
    may only be a way to dial into the number's region, and stand before the first placeholder.
    """
    nsn = number.national_significant_number
    if nsn is None:
        return Candidate(format, "skipped", None, INVALID_NUMBER, None)
    production = _fill(format, nsn)
    reason = _why_not(number, nsn, format)
    if reason is not None:
        return Candidate(format, "skipped", None, reason, production)
    return Candidate(format, "ok", production.strip(), None, production)


def candidates(number: PhoneNumber, formats: Iterable[str]) -> tuple[Candidate, ...]:
    """Spell `number` in each of the formats, in their order."""
    return tuple(apply_format(number, each) for each in formats)


def dial(text: str, region: str = "US") -> str:
    """Return what a phone in `region` dials for the typed text.

    That is E.164 for a valid number, the bare digits for an extension (at most 6 digits), and
    otherwise the text without its invisible marks.
    """
    shown = _without_invisible_marks(text)
    extension = _extension(shown)
    if extension is not None:
        return extension
    number = _valid(shown, region)
    return shown if number is None else phonenumbers.format_number(number, PhoneNumberFormat.E164)


def format_as_you_type(text: str, region: str = "US") -> str:
    """Return the typed digits grouped as a phone in `region` shows them while they are typed.

    A text with anything but digits, ``+`` and punctuation comes back without its invisible marks.
    """
    shown = _without_invisible_marks(text)
    digits = _digits(shown)
    rest = shown.lstrip(_PLUS_SIGNS)
    other = [char for char in rest if not char.isdecimal() and char not in _PUNCTUATION]
    if not digits or other or len(digits) > _LONGEST_NUMBER:
        return shown
    formatter = phonenumbers.AsYouTypeFormatter(region)
    grouped = ""
    for char in ("+" if rest != shown else "") + digits:
        grouped = formatter.input_digit(char)
    return grouped


def display(number_text: str, region: str = "US") -> str:
    """Return a number as a phone in `region` shows it.

    Numbers with the region's calling code are shown nationally, others internationally; an
    extension or a text that is no number stays as it is.
    """
    shown = _without_invisible_marks(number_text)
    number = None if _extension(shown) is not None else _valid(shown, region)
    if number is None:
        return number_text
    inside = number.country_code == phonenumbers.country_code_for_region(region)
    kind = PhoneNumberFormat.NATIONAL if inside else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, kind)


def _valid(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _fill(format: str, nsn: str) -> str:  # noqa: A002
    """Put the digits where the placeholders are, as production does: surplus ones are dropped."""
    digits = iter(nsn)
    return "".join(next(digits, char) if char in _PLACEHOLDERS else char for char in format)


def _why_not(number: PhoneNumber, nsn: str, format: str) -> str | None:  # noqa: A002
    if not format.strip():
        return EMPTY_FORMAT
    marks = [at for at, char in enumerate(format) if char in _PLACEHOLDERS]
    if not marks:
        return NO_PLACEHOLDER
    if len(marks) != len(nsn):
        return PLACEHOLDER_COUNT
    if _digits(format[marks[0] :]):
        return COUNTRY_MISMATCH
    plus = any(sign in format for sign in _PLUS_SIGNS)
    return None if _leads_to(number, _digits(format), plus=plus) else COUNTRY_MISMATCH


def _leads_to(number: PhoneNumber, literal: str, *, plus: bool) -> bool:
    """Tell whether the literal digits may stand before the national significant number."""
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(
        number.country_code or 0, number.region or _NON_GEOGRAPHIC
    )
    trunk = (metadata.national_prefix if metadata is not None else None) or ""
    country_code = str(number.country_code)
    international = {country_code, country_code + trunk}
    if literal in international:
        return True
    if plus:
        return False
    if literal in {"", trunk}:
        return True
    pattern = (metadata.international_prefix if metadata is not None else None) or "00"
    return any(
        head == "00" or re.fullmatch(pattern, head) is not None
        for tail in international
        if literal.endswith(tail) and (head := literal.removesuffix(tail))
    )


def _digits(text: str) -> str:
    """Return the decimal digits of any script as ASCII digits."""
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def _extension(shown: str) -> str | None:
    if shown.isdecimal() and len(shown) <= _LONGEST_EXTENSION:
        return _digits(shown)
    return None


def _without_invisible_marks(text: str) -> str:
    """Drop direction marks, zero-width and control characters that come along when pasting."""
    return "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in {"Cf", "Cc", "Cs"}
    ).strip()
