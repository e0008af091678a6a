"""Stored phone texts read as numbers, by the hundred thousand a second.

libphonenumber takes 65 microseconds to read one text and to tell whether it is valid, which is more
than a minute for a million. Most stored texts are plain: digits, blanks and a few marks. For those
its answer follows from a few patterns of its metadata, which are asked here directly. Wherever its
rules have a turn that is not followed here, the library itself is asked, so that the answer is
always its own.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

_LONGEST_CALLING_CODE = 3
_NON_GEOGRAPHIC = "001"
_NON_DIGITS = bytes(byte for byte in range(256) if chr(byte) not in "0123456789")
_PLAIN = re.compile(r"[ \-.()/]*\+?[ \-.()/0-9]*")
"""What libphonenumber reads digit by digit: no letters, no extension, at most a leading plus."""


class UnknownRegionError(ValueError):
    """The region is none that libphonenumber knows; the message is a sentence."""


class StoredNumber(NamedTuple):
    """A valid number: calling code, ISO letters of its region, national significant number."""

    country_code: int
    region: str
    national_significant_number: str


class NumberReader:
    """Reads stored texts; one without a country code is a number of `region`.

    Args:
        region: two ISO letters.

    Raises:
        UnknownRegionError: there is no such region.
    """

    def __init__(self, region: str) -> None:
        self.region = region.upper()
        if self.region not in phonenumbers.SUPPORTED_REGIONS:
            raise UnknownRegionError(f"'{region}' is no region: use two letters such as US or GB.")
        self._plans: dict[int, list[_Plan]] = {}
        self._home = _plan(phonenumbers.country_code_for_region(self.region), self.region)
        metadata = PhoneMetadata.metadata_for_region(self.region)
        prefix = metadata.international_prefix if metadata is not None else None
        self._leaving_home = re.compile(prefix) if prefix else None

    @property
    def country_code(self) -> int:
        """The calling code of the region."""
        return self._home.country_code

    @property
    def lengths(self) -> tuple[int, int]:
        """The fewest and the most digits of the region's national significant numbers."""
        return self._home.shortest, self._home.longest

    def read(self, text: str) -> StoredNumber | None:
        """Return the number that `text` is, None when it is no valid one; never raises."""
        if is_plain(text):
            return self.read_plain(text, digits_of(text), international="+" in text)
        return self._ask_library(text)

    def read_plain(self, text: str, digits: str, *, international: bool) -> StoredNumber | None:
        """Return the number of a text that :func:`is_plain`, its digits already taken out.

        Args:
            text: the text itself.
            digits: its digits, :func:`digits_of`.
            international: whether a plus stands before the digits.
        """
        if international:
            found = self._read_international(text, digits)
        elif self._leaving_home is not None and (gone := self._leaving_home.match(digits)):
            found = self._read_international(text, digits[gone.end() :])
        elif digits.startswith(str(self.country_code)):
            found = self._read_with_own_code(text, digits)
        else:
            found = self._read_national(text, self._home, digits)
        return found

    def _read_international(self, text: str, digits: str) -> StoredNumber | None:
        for length in range(1, _LONGEST_CALLING_CODE + 1):
            code = digits[:length]
            if not code.startswith("0") and (plans := self._plans_of(int(code or 0))):
                return self._read_national(text, plans[0], digits[length:])
        return self._ask_library(text)

    def _read_with_own_code(self, text: str, digits: str) -> StoredNumber | None:
        """Read digits that begin with the region's own calling code, which may be none here."""
        main = self._plans_of(self.country_code)[0]
        rest = digits.removeprefix(str(self.country_code))
        clear = not (
            self._home.matches(digits) or self._home.trunk_length(rest) or main.trunk_length(rest)
        )
        if clear and self._home.matches(rest) and (found := self._valid(main.country_code, rest)):
            return found
        return self._ask_library(text)

    def _read_national(self, text: str, plan: _Plan, digits: str) -> StoredNumber | None:
        """Read digits without a calling code: as they are, or without their trunk prefix."""
        trunk = plan.trunk_length(digits)
        if not trunk:
            return self._valid(plan.country_code, digits)
        if trunk == _TRANSFORMED:
            return self._ask_library(text)
        short = digits[trunk:]
        found = self._valid(plan.country_code, short)
        if found is not None and plan.matches(short) and len(short) in plan.lengths:
            return found
        if found is None and self._valid(plan.country_code, digits) is None:
            return None
        return self._ask_library(text)

    def _valid(self, country_code: int, national: str) -> StoredNumber | None:
        """Return the number when it is valid in the region that its first digits name."""
        plans = self._plans_of(country_code)
        for plan in plans:
            if plan.leading is not None and len(plans) > 1:
                if not plan.leading.match(national):
                    continue
                return plan.number(national) if plan.is_valid(national) else None
            if plan.is_valid(national):
                return plan.number(national)
        return None

    def _plans_of(self, country_code: int) -> list[_Plan]:
        known = self._plans.get(country_code)
        if known is None:
            regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(country_code, ())
            known = [_plan(country_code, region) for region in regions]
            self._plans[country_code] = known
        return known

    def _ask_library(self, text: str) -> StoredNumber | None:
        try:
            number = phonenumbers.parse(text, self.region)
        except NumberParseException:
            return None
        if not phonenumbers.is_valid_number(number):
            return None
        region = phonenumbers.region_code_for_number(number) or _NON_GEOGRAPHIC
        national = phonenumbers.national_significant_number(number)
        return StoredNumber(number.country_code or 0, region, national)


def is_plain(text: str) -> bool:
    """Tell whether a text has only digits, plain punctuation and at most a plus before them."""
    return _PLAIN.fullmatch(text) is not None


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text."""
    return text.encode("ascii", "ignore").translate(None, _NON_DIGITS).decode()


_TRANSFORMED = -1
"""The length of a trunk prefix that is not only taken away."""


class _Plan:
    """The numbering plan of one region: libphonenumber's patterns, compiled when first asked."""

    def __init__(self, country_code: int, metadata: PhoneMetadata) -> None:
        self.country_code = country_code
        self.region = metadata.id
        self._metadata = metadata
        self.lengths, self._general_pattern = _described(metadata.general_desc)
        listed = [length for length in self.lengths if length > 0]
        self.shortest, self.longest = min(listed, default=2), max(listed, default=17)

    @cached_property
    def leading(self) -> re.Pattern[str] | None:
        """The first digits of this region among those that share its calling code."""
        digits = self._metadata.leading_digits
        return re.compile(digits) if digits else None

    @cached_property
    def _trunk(self) -> re.Pattern[str] | None:
        prefix = self._metadata.national_prefix_for_parsing
        return re.compile(prefix) if prefix else None

    @cached_property
    def _rewrites(self) -> bool:
        groups = self._trunk.groups if self._trunk is not None else 0
        return groups > 0 or bool(self._metadata.national_prefix_transform_rule)

    @cached_property
    def _general(self) -> re.Pattern[str]:
        return re.compile(self._general_pattern)

    @cached_property
    def _kinds(self) -> list[tuple[tuple[int, ...], re.Pattern[str]]]:
        """Lengths and pattern of each kind of number, the frequent ones first."""
        metadata = self._metadata
        described = (
            _described(each)
            for each in (
                metadata.fixed_line,
                metadata.mobile,
                metadata.toll_free,
                metadata.voip,
                metadata.shared_cost,
                metadata.premium_rate,
                metadata.personal_number,
                metadata.uan,
                metadata.pager,
                metadata.voicemail,
            )
        )
        return [(lengths, re.compile(pattern)) for lengths, pattern in described if pattern]

    def number(self, national: str) -> StoredNumber:
        """Return a number of this region."""
        return StoredNumber(self.country_code, self.region, national)

    def matches(self, national: str) -> bool:
        """Tell whether the digits could be a number of this region at all."""
        return self._general.fullmatch(national) is not None

    def is_valid(self, national: str) -> bool:
        """Tell whether the digits are a number of a kind that this region has."""
        if self.lengths and len(national) not in self.lengths:
            return False
        if not self.matches(national):
            return False
        length = len(national)
        for lengths, pattern in self._kinds:
            if (not lengths or length in lengths) and pattern.fullmatch(national) is not None:
                return True
        return False

    def trunk_length(self, national: str) -> int:
        """Return how many digits are a trunk prefix, or that they are rewritten altogether."""
        found = self._trunk.match(national) if self._trunk is not None else None
        if found is None:
            return 0
        return _TRANSFORMED if self._rewrites else found.end()


def _plan(country_code: int, region: str) -> _Plan:
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(country_code, region)
    if metadata is None:
        raise AssertionError(f"no metadata for {region}")
    return _Plan(country_code, metadata)


def _described(description: PhoneNumberDesc | None) -> tuple[tuple[int, ...], str]:
    """Return the lengths and the pattern of one kind of number, empty when a region has none."""
    if description is None:
        return (), ""
    return description.possible_length, description.national_number_pattern or ""
