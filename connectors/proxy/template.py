"""Templates ``{{a.b}}`` and dotted paths, with the rules of the language that production is in.

Source: connectors.md 4.9, "Engine". A value that is not there is ``UNSET`` (JavaScript's
undefined), which is not the same as ``None`` (null): the one leaves a key out, the other sends it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec import UNSET

MAX_DEPTH = 100
_BLANKS = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    chr(code) for code in range(0x2000, 0x200B)
)
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_WHOLE = "$"

OnMissing = Callable[[str], None]
"""Told the expression that has no value."""


class TemplateError(Exception):
    """A template cannot be used; the message says which and why."""


def get_by_path(value: Any, path: str) -> Any:
    """Return what stands at a dotted path, ``UNSET`` when nothing does.

    An empty path and ``$`` mean the whole value. A list and a text have indices and ``length``.
    """
    if not path or path == _WHOLE:
        return value
    for part in path.split("."):
        value = _member(value, part)
        if value is UNSET:
            break
    return value


def render_text(template: str, variables: Mapping[str, Any], missing: OnMissing) -> Any:
    """Render one text.

    A text that is one expression and nothing else gives the raw value, of any type. Otherwise each
    expression is replaced by its value as text, and by nothing when it has none. What a value
    brings along is not rendered again.
    """
    alone = _alone(template)
    if alone is not None:
        return _value(alone, variables, missing)
    pieces = []
    end = 0
    for start, stop, expression in _expressions(template):
        value = _value(expression, variables, missing)
        pieces += [template[end:start], "" if is_nothing(value) else js_text(value)]
        end = stop
    return "".join([*pieces, template[end:]])


def render(
    value: Any, variables: Mapping[str, Any], missing: OnMissing, depth: int = MAX_DEPTH
) -> Any:
    """Render all texts in a piece of JSON; its keys stay as they are.

    Raises:
        TemplateError: it is nested more than `depth` levels deep.
    """
    if isinstance(value, str):
        return render_text(value, variables, missing)
    if not isinstance(value, list | dict):
        return value
    if depth == 0:
        raise TemplateError(f"A template is nested more than {MAX_DEPTH} levels deep.")
    if isinstance(value, list):
        return [render(each, variables, missing, depth - 1) for each in value]
    return {key: render(each, variables, missing, depth - 1) for key, each in value.items()}


def expressions(template: str) -> list[str]:
    """Return the expressions of a text, as paths."""
    alone = _alone(template)
    return [alone] if alone is not None else [each for _, _, each in _expressions(template)]


def is_nothing(value: Any) -> bool:
    """Whether a value is undefined or null."""
    return value is UNSET or value is None


def is_true(value: Any) -> bool:
    """Whether a value counts as true: an empty list or object does, 0 and '' do not."""
    if is_nothing(value) or value is False or value == "":
        return False
    return isinstance(value, list | dict) or value != 0


def js_text(value: Any) -> str:
    """Return a value as the text that it becomes inside another text."""
    if value is UNSET:
        return "undefined"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, list):
        return ",".join("" if is_nothing(each) else js_text(each) for each in value)
    return "[object Object]" if isinstance(value, dict) else str(value)


def plain(value: Any) -> Any:
    """Return a value as JSON takes it: undefined goes from an object and is null in a list."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items() if each is not UNSET}
    if isinstance(value, list):
        return [None if each is UNSET else plain(each) for each in value]
    return value


def _member(value: Any, part: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(part, UNSET)
    if isinstance(value, str | list | tuple):
        if part == "length":
            return len(value)
        if _INDEX.fullmatch(part) and int(part) < len(value):
            return value[int(part)]
    return UNSET


def _value(expression: str, variables: Mapping[str, Any], missing: OnMissing) -> Any:
    value = get_by_path(variables, expression)
    if is_nothing(value):
        missing(expression)
    return value


def _alone(template: str) -> str | None:
    """Return the path of a text that is one expression and nothing else."""
    inner = template[2:-2]
    if len(template) < 5 or "}" in inner or template[:2] != "{{" or template[-2:] != "}}":
        return None
    # A blank expression keeps its last blank: no variable has that name.
    return inner.strip(_BLANKS) or inner[-1]


def _expressions(template: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each expression starts and ends, and its path; in one pass over the text."""
    start = 0
    while (start := template.find("{{", start)) >= 0:
        stop = template.find("}", start + 2)
        if stop < 0:
            return
        if template[stop : stop + 2] != "}}":
            start = stop + 1
        elif stop == start + 2:
            start += 1
        else:
            yield start, stop + 2, template[start + 2 : stop].strip(_BLANKS)
            start = stop + 2


def _number_text(value: float) -> str:
    """Write a number as JavaScript does: ``1e21``, ``0.00001``, no trailing ``.0``."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value.is_integer() and abs(value) < 1e21:
        return str(int(Decimal(repr(value))))
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    power = int(exponent)
    if power < -6 or power >= 21:
        return f"{mantissa.removesuffix('.0')}e{'+' if power > 0 else '-'}{abs(power)}"
    return f"{value:.{-power + len(mantissa.replace('.', '').strip('-')) - 1}f}"
