"""What stands under a secret name: in URLs, forms, JSON, XML, HTML, multipart and printed lines.

Each function returns the text without the values; names stay, so that one sees what was there.
All take time in proportion to the text, whatever is in it.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_plus

REDACTED = "[REDACTED]"
MIN_VALUE = 8
NAMES = frozenset(
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie", "bhresttoken", "api_key",
        "apikey", "api-key", "x-api-key", "access_token", "accesstoken", "access-token",
        "refresh_token", "refreshtoken", "id_token", "client_secret", "clientsecret", "password",
        "passwd", "pwd", "passphrase", "secret", "jwttoken", "jwt", "token", "authheader",
        "user_key", "userkey", "x-rc-access-token", "rcaccesstoken", "api_token", "apitoken",
        "x-api-token", "auth_token", "authtoken", "auth-token", "x-auth-token", "x-access-token",
        "session_token", "sessiontoken", "x-session-token", "private-token", "private_key",
        "privatekey", "secret_key", "secretkey", "oauth_token", "oauth_token_secret",
        "token_secret", "tokensecret", "consumer_secret", "client_assertion", "code_verifier",
        "csrf_token", "csrftoken", "csrf-token", "x-csrf-token", "x-xsrf-token",
        "x-amz-security-token", "ocp-apim-subscription-key", "subscription-key", "x-goog-api-key",
        "x-functions-key", "jsessionid", "phpsessid", "x-refreshed-jwt-token",
    }
)  # fmt: skip

_ROOTS = (
    "token", "secret", "passw", "passphrase", "pwd", "key", "auth", "cookie", "jwt", "sessid",
    "sessionid", "assertion", "verifier",
)  # fmt: skip
"""Each name has one of these in it; a text without any need not be looked through."""
_LAST, _SECOND, _THIRD = (
    "".join(sorted({case for name in NAMES for case in (name[at].lower(), name[at].upper())}))
    for at in (-1, -2, -3)
)
_BLANK = r" \t\r\n"
_KEY_END = re.compile(
    rf':(?<=[{_THIRD}{_SECOND}{_LAST}"{_BLANK}][{_SECOND}{_LAST}"{_BLANK}][{_LAST}"{_BLANK}]["{_BLANK}]:)'
    rf'(?:(?<=[{_THIRD}][{_SECOND}][{_LAST}]":)|(?<=[{_BLANK}]:))'
)
"""The colon after a key that ends as a name does, or after a blank.

To look back from each colon takes a tenth of the time of looking for a dozen words. The first look
is a coarse one: nearly every key fails it.
"""
_LATE_COLON = re.compile(rf'(?<=")[{_BLANK}]+:')
_KELVIN = "\u212a"
"""Its lower case is the letter k."""
_BARE_ROOTS = ("bearer", "basic", "eyj")
_WHOLE_LINE = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
"""Headers whose value has blanks in it: printed, it goes on to the end of the line."""
_PARAMETER = re.compile(
    r"""[?&\\](?:(?<=&)amp;|(?<=\\)u0026|(?<!\\))([\w.%-]+)=([^\s"'<>&;,{}\\]+)"""
)
_USER = re.compile(r"""(?<=://)[^\s/@"'<>]+@""")
_SIGN = re.compile(r"""(?<![\w-])([\w-]++)\\?["']?\s{0,3}[:=]\s{0,3}""")
_QUOTED = re.compile(r"""\\?(["'])((?:(?!\1)[^\n\\])*)""")
_WORD = re.compile(r"""(?:(?:bearer|basic)\s+)?[^\s"'<>&;,{}\\]+""", re.IGNORECASE)
_LINE = re.compile(r"[^\n]+")
_BARE = re.compile(
    r"\b(?:(bearer|basic)\s+(?=\S*\d)[\w+/.~-]{16,}=*|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)",
    re.IGNORECASE,
)
_ELEMENT = re.compile(r"<((?:[\w.-]+:)?([\w.-]+))((?:\s[^<>]*)?)>([^<]+)</")
_FIELD = re.compile(
    r"""(\bname\s*=\s*["']([^"'<>]+)["'][^<>]{0,300}?\b(?:value|content)\s*=\s*)(["'])[^"'<>]*\3"""
)
_PART_NAME = re.compile(r"""\bname="?([^"\r\n;]+)""")
_LOOSE = re.compile(
    r'("(?:' + "|".join(map(re.escape, sorted(NAMES))) + r')"\s*:\s*)"(?:[^"\\]|\\.)*"?',
    re.IGNORECASE,
)


def may_hold_key(text: str) -> bool:
    r"""Tell whether a secret key may be in JSON text, without reading it.

    A key with an escape in it (``"tok\u0065n"``), or with the one letter outside ASCII that stands
    for one inside it in another case, may be any.
    """
    if "\\" in text and "\\u" in text:
        return True
    if not text.isascii() and _KELVIN in text:
        return True
    colons = [colon.start() for colon in _KEY_END.finditer(text)]
    ends = [colon for colon in colons if text[colon - 1] == '"']
    if len(ends) < len(colons):
        ends += [blank.start() for blank in _LATE_COLON.finditer(text)]
    return any(is_secret(_key_before(text, end)) for end in ends)


def _key_before(text: str, end: int) -> str:
    """Return the key whose closing quote stands right before `end`."""
    return text[text.rfind('"', 0, end - 1) + 1 : end - 1]


def is_secret(name: str) -> bool:
    """Tell whether what stands under this name is secret; case does not matter."""
    return name.lower() in NAMES


def looks_secret(value: str) -> bool:
    """Tell whether a value was generated or chosen well: it is long enough and has a digit."""
    return len(value) >= MIN_VALUE and has_digit(value)


def has_digit(text: str) -> bool:
    """Tell whether a digit is in `text`."""
    return any(map(str.isdigit, text))


def without_pairs(query: str) -> tuple[str, list[str]]:
    """Return a query or form without secret values, and these values."""
    parts, found = [], []
    for part in query.split("&"):
        name, sign, value = part.partition("=")
        if sign and is_secret(unquote_plus(name)):
            found.append(unquote_plus(value))
            parts.append(f"{name}={REDACTED}")
        else:
            parts.append(part)
    return "&".join(parts), found


def without_parameters(text: str) -> str:
    """Return a text without the secret parameters of the URLs in it."""
    return _PARAMETER.sub(_parameter, text) if "=" in text else text


def without_named(text: str) -> str:
    """Return free text, such as printed lines and pages quoted in them, without named secrets.

    Of what follows a name only that goes which looks like a secret: "token: refreshed" stays. What
    looks like a credential by itself goes too.
    """
    text = _USER.sub(f"{REDACTED}@", text)
    if not _may_hold(text, _ROOTS + _BARE_ROOTS):
        return text
    text = without_parameters(without_markup(text) if "<" in text else text)
    kept, end, passed = [], 0, 0
    for sign in _SIGN.finditer(text):
        if sign.start() < passed or not is_secret(sign[1]):
            continue
        start, stop = _value_at(text, sign.end(), sign[1])
        value = text[start:stop]
        if REDACTED in value:
            continue
        # A value without a digit has no secret in it either, so it is not looked at twice.
        passed = stop
        if looks_secret(value) or (_is_line(sign[1]) and "=" in value):
            kept += [text[end:start], REDACTED]
            end = stop
    return _BARE.sub(_bare, "".join([*kept, text[end:]]))


def without_markup(text: str) -> str:
    """Return XML or HTML without secret elements and fields."""
    return _FIELD.sub(_field, _ELEMENT.sub(_element, text))


def without_parts(text: str) -> str:
    """Return a multipart body without secret parts."""
    boundary = text.lstrip("\r\n").partition("\n")[0].strip()
    if not boundary.startswith("--"):
        return text
    return boundary.join(map(_part, text.split(boundary)))


def without_keys(data: Any) -> Any:
    """Return JSON data without what stands under secret keys."""
    if isinstance(data, dict):
        return {
            key: REDACTED if is_secret(key) and can_be_secret(value) else without_keys(value)
            for key, value in data.items()
        }
    return [without_keys(item) for item in data] if isinstance(data, list) else data


def without_loose_keys(text: str) -> str:
    """Return JSON text that is cut or broken without what stands under secret keys."""
    return _LOOSE.sub(rf'\1"{REDACTED}"', text)


def secrets_in(data: Any) -> list[str]:
    """Return what stands under secret keys in JSON data, as text."""
    found: list[str] = []
    _collect(data, found)
    return found


def can_be_secret(value: Any) -> bool:
    """Tell whether JSON data is more than null or a flag."""
    return value is not None and not isinstance(value, bool)


def named_before(text: str) -> str:
    """Return the secret name whose value was taken out of `text`, empty when none is told."""
    for sign in _SIGN.finditer(text):
        if is_secret(sign[1]) and REDACTED in text[sign.end() : sign.end() + len(REDACTED) + 9]:
            return sign[1].lower()
    return ""


def _collect(data: Any, found: list[str]) -> None:
    if isinstance(data, dict):
        if not NAMES.isdisjoint(map(str.lower, data)):
            found += [str(value) for key, value in data.items() if is_secret(key) and value]
        data = data.values()
    elif not isinstance(data, list):
        return
    for value in data:
        if isinstance(value, (dict, list)):  # half the time of a union, and there are many
            _collect(value, found)


def _value_at(text: str, at: int, name: str) -> tuple[int, int]:
    """Return where the value of a name that was printed begins and ends."""
    quoted = _QUOTED.match(text, at)
    if quoted is not None:
        return quoted.span(2)
    plain = (_LINE if _is_line(name) else _WORD).match(text, at)
    return plain.span() if plain is not None else (at, at)


def _is_line(name: str) -> bool:
    return name.lower() in _WHOLE_LINE


def _parameter(match: re.Match[str]) -> str:
    if not is_secret(unquote_plus(match[1])):
        return match[0]
    return match[0][: match.start(2) - match.start()] + REDACTED


def _bare(match: re.Match[str]) -> str:
    return f"{match[1]} {REDACTED}" if match[1] else REDACTED


def _element(match: re.Match[str]) -> str:
    tag, name, attributes, _value = match.groups()
    return f"<{tag}{attributes}>{REDACTED}</" if is_secret(name) else match[0]


def _field(match: re.Match[str]) -> str:
    before, name, mark = match.groups()
    return f"{before}{mark}{REDACTED}{mark}" if is_secret(name) else match[0]


def _part(part: str) -> str:
    blank = "\r\n\r\n" if "\r\n\r\n" in part else "\n\n"
    head, sign, _content = part.partition(blank)
    name = _PART_NAME.search(head)
    if not sign or name is None or not is_secret(name[1]):
        return part
    return f"{head}{sign}{REDACTED}{blank[: len(blank) // 2]}"


def _may_hold(text: str, roots: tuple[str, ...]) -> bool:
    lowered = text.lower()
    return any(root in lowered for root in roots)
