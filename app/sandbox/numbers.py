"""Phone numbers for the sample people, and the ways in which people write them down.

Where a country keeps numbers for films and examples, those are used: 555-01xx in North America,
020 7946 0xxx in Britain, 030 23125 xxx in Germany, 01 99 00 xx xx in France, 02 5550 xxxx in
Australia, 08-465 00 4xx in Sweden.
"""

from __future__ import annotations

from collections.abc import Callable

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

# Region -> start of the national significant number, and how many digits follow it.
RANGES: dict[str, tuple[tuple[str, int], ...]] = {
    "US": tuple((f"{area}55501", 2) for area in (213, 312, 617, 206, 303, 404, 503, 702, 646)),
    "CA": tuple((f"{area}55501", 2) for area in (416, 604, 514)),
    "GB": (("2079460", 3), ("1134960", 3)),
    "DE": (("3023125", 3),),
    "FR": (("19900", 4),),
    "AU": (("25550", 4),),
    "SE": (("846500", 3),),
    "IE": (("15550", 3),),
    "NL": (("2055501", 2), ("1055501", 2)),
    "JP": (("35550", 4),),
    "IN": (("2255501", 3),),
    "BR": (("1155501", 3),),
}
# Most of the sample people are in North America, as most of the extension's users are.
MIX = (
    "US",
    "CA",
    "US",
    "GB",
    "US",
    "DE",
    "US",
    "FR",
    "AU",
    "US",
    "SE",
    "IE",
    "NL",
    "JP",
    "IN",
    "BR",
)


def number_at(index: int) -> tuple[str, PhoneNumber]:
    """Return the region and number of the sample person `index`; no two of the first ~700 match."""
    region = MIX[index % len(MIX)]
    turn = index // len(MIX) * MIX.count(region) + MIX[: index % len(MIX)].count(region)
    ranges = RANGES[region]
    start, digits = ranges[turn % len(ranges)]
    # A stride that shares no factor with 10 visits every ending before it repeats one.
    serial = (turn // len(ranges) * 37 + 11) % 10**digits
    if turn // len(ranges) >= 10**digits:
        # The range is used up: large sets go on with North American 555 numbers.
        start, digits, region = f"{(213, 312, 617, 206, 303)[index % 5]}555", 4, "US"
        serial = 2000 + index * 37 % 7999
    code = phonenumbers.country_code_for_region(region)
    return region, PhoneNumber(
        country_code=code, national_number=int(f"{start}{serial:0{digits}d}")
    )


def e164(number: PhoneNumber) -> str:
    """Return ``+`` and all digits."""
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _nsn(number: PhoneNumber) -> str:
    return str(phonenumbers.national_significant_number(number))


def _national(number: PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))


def _international(number: PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))


def _groups(number: PhoneNumber) -> list[str]:
    text = _national(number)
    return "".join(sign if sign.isdigit() else " " for sign in text).split()


def _trunk_zero(number: PhoneNumber) -> str:
    """``+49 (0)30 23125 123``: the trunk zero that must not be dialled from abroad."""
    code, _, rest = _international(number).partition(" ")
    return (
        f"{code} (0){rest}" if _national(number).lstrip("(").startswith("0") else f"{code} {rest}"
    )


def _vanity(number: PhoneNumber) -> str:
    """``1-312-JKL-0148``: letters for digits, as on North American posters."""
    nsn = _nsn(number)
    if number.country_code != 1 or nsn[3:6] != "555":
        return _national(number)
    return f"1-{nsn[:3]}-JKL-{nsn[6:]}"


def _full_width(number: PhoneNumber) -> str:
    return "".join(chr(ord(c) - 0x30 + 0xFF10) if c.isdigit() else c for c in _national(number))


def _carrier_prefix(number: PhoneNumber) -> str:
    prefix = "011" if number.country_code == 1 else "00"
    return f"{prefix}{e164(number)[1:]}"


SPELLINGS: dict[str, Callable[[PhoneNumber], str]] = {
    "bare-nsn": _nsn,
    "e164": e164,
    "national": _national,
    "international": _international,
    "dots": lambda number: ".".join(_groups(number)),
    "dashes": lambda number: "-".join(_groups(number)),
    "trunk-zero": _trunk_zero,
    "extension-word": lambda number: f"{_national(number)} ext. 12",
    "extension-x": lambda number: f"{_national(number)} x134",
    "vanity": _vanity,
    "no-break-space": lambda number: _international(number).replace(" ", "\u00a0"),
    "direction-marks": lambda number: f"\u202a{_international(number)}\u202c",
    "full-width": _full_width,
    "en-dash": lambda number: "\u2013".join(_groups(number)),
    "doubled-blanks": lambda number: "  ".join(_groups(number)),
    "no-plus": lambda number: e164(number)[1:],
    "carrier-prefix": _carrier_prefix,
    "tel-uri": lambda number: f"tel:{e164(number)}",
    "slash": lambda number: "/".join(_groups(number)[:2]) + " ".join(["", *_groups(number)[2:]]),
    "trailing-blank": lambda number: f"{_national(number)} ",
}
"""Name -> how somebody writes a number down. A spelling that a country lacks falls back to a common
one: only North America has letters, only countries with a trunk zero have ``(0)``."""


def has_spelling(name: str, region: str, number: PhoneNumber) -> bool:
    """Answer whether `name` is a spelling of its own for that number."""
    if name == "vanity":
        return number.country_code == 1 and _nsn(number)[3:6] == "555"
    if name == "trunk-zero":
        return "(0)" in _trunk_zero(number)
    return bool(region)
