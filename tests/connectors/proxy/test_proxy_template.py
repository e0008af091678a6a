"""Templates and paths, rule by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from connectors.proxy.template import (
    MAX_DEPTH,
    TemplateError,
    expressions,
    get_by_path,
    is_true,
    js_text,
    plain,
    render,
    render_text,
)

VARIABLES = {
    "name": "Ada",
    "count": 3,
    "zero": 0,
    "nothing": None,
    "list": [{"id": 7}, None],
    "deep": {"a": {"b": "c"}},
    "own": "{{own}}",
    "yes": True,
}


def ignore(_path):
    pass


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", VARIABLES),
        ("$", VARIABLES),
        ("name", "Ada"),
        ("deep.a.b", "c"),
        ("deep.a.x", UNSET),
        ("deep.x.b", UNSET),
        ("nothing", None),
        ("nothing.x", UNSET),
        ("list.0.id", 7),
        ("list.00", UNSET),
        ("list.2", UNSET),
        ("list.-1", UNSET),
        ("list.length", 2),
        ("name.length", 3),
        ("name.1", "d"),
        ("count.x", UNSET),
        ("deep..a", UNSET),
        (" name", UNSET),
        ("list.999999999999999999999", UNSET),
        ("name.\u0661", UNSET),
    ],
)
def test_a_path_leads_to_a_value(path, value):
    assert get_by_path(VARIABLES, path) == value


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("plain", "plain"),
        ("", ""),
        ("{{name}}", "Ada"),
        ("{{ \n name\ufeff }}", "Ada"),
        ("{{count}}", 3),
        ("{{nothing}}", None),
        ("{{missing}}", UNSET),
        ("{{list}}", VARIABLES["list"]),
        ("{{$}}", VARIABLES),
        ("a {{name}} b {{count}}", "a Ada b 3"),
        ("{{name}}{{name}}", "AdaAda"),
        ("[{{nothing}}{{missing}}]", "[]"),
        ("[{{zero}}]", "[0]"),
        ("[{{yes}}]", "[true]"),
        (" {{name}}", " Ada"),
        ("{{name}}\n", "Ada\n"),
        ("[{{list}}]", "[[object Object],]"),
        ("[{{deep}}]", "[[object Object]]"),
        ("[{{own}}]", "[{{own}}]"),
        ("{{}}", "{{}}"),
        ("{{ }}", UNSET),
        ("[{{ }}]", "[[object Object]]"),
        ("{{name}", "{{name}"),
        ("{{name} }", "{{name} }"),
        ("{{a}b}}", "{{a}b}}"),
        ("{{{name}}}", "}"),
        ("{{ {{name}} }}", " }}"),
        ("{{}}{{name}}", "{{}}Ada"),
        ("{name}", "{name}"),
    ],
)
def test_a_text_is_rendered_as_production_renders_it(template, value):
    assert render_text(template, VARIABLES, ignore) == value


def test_what_has_no_value_is_told():
    told = []
    render({"a": ["{{missing}}", "x{{nothing}}"], "{{b}}": "{{name}}"}, VARIABLES, told.append)
    assert told == ["missing", "nothing"]


def test_only_the_texts_inside_are_rendered():
    template = {"{{name}}": ["{{count}}", 1, None, {"x": "<{{name}}>"}], "gone": "{{missing}}"}
    made = render(template, VARIABLES, ignore)
    assert made == {"{{name}}": [3, 1, None, {"x": "<Ada>"}], "gone": UNSET}
    assert plain({"a": made, "b": [UNSET]}) == {
        "a": {"{{name}}": [3, 1, None, {"x": "<Ada>"}]},
        "b": [None],
    }


def test_a_template_that_is_too_deep_is_refused():
    template = "{{name}}"
    for _ in range(MAX_DEPTH):
        template = [template]
    render(template, VARIABLES, ignore)
    with pytest.raises(TemplateError, match="100 levels"):
        render([template], VARIABLES, ignore)


@pytest.mark.parametrize(
    ("value", "text", "true"),
    [
        (UNSET, "undefined", False),
        (None, "null", False),
        (False, "false", False),
        (0, "0", False),
        (0.0, "0", False),
        ("", "", False),
        ("0", "0", True),
        ([], "", True),
        ({}, "[object Object]", True),
        ([1, [2, "x"]], "1,2,x", True),
        (1.5, "1.5", True),
        (2.0, "2", True),
        (1e21, "1e+21", True),
        (1.5e300, "1.5e+300", True),
        (1e-7, "1e-7", True),
        (1.5e-5, "0.000015", True),
        (-2.5e-5, "-0.000025", True),
        (0.1, "0.1", True),
        (float("inf"), "Infinity", True),
        (float("-inf"), "-Infinity", True),
        (float("nan"), "NaN", True),
    ],
)
def test_a_value_as_text_and_as_truth(value, text, true):
    assert js_text(value) == text
    if text != "NaN":  # no JSON has it
        assert is_true(value) is true


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
TEXTS = st.text() | st.text(alphabet="{} .$a0\n\u00a0")


@given(TEXTS, st.dictionaries(st.sampled_from("a0$"), JSON))
def test_any_text_renders_with_any_values(template, variables):
    render_text(template, variables, ignore)
    if not expressions(template):
        assert render_text(template, variables, ignore) == template


@given(JSON, JSON)
def test_any_json_renders(template, value):
    js_text(render(template, {"a": value}, ignore))


def test_a_hostile_text_takes_no_time():
    """A hundred thousand openings without an end are one pass."""
    text = "{{" * 100_000
    assert render_text(text, {}, ignore) == text
    assert render_text(text + "}", {}, ignore) == text + "}"
