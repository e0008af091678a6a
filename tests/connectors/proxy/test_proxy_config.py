"""A config is read, refused in one sentence, or read with its problems."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.proxy.config import MAX_CONFIG_BYTES, ProxyConfigError, dotted, read_config

GOOD = {
    "meta": {"name": "small", "logFormat": "text/plain"},
    "auth": {"type": "apiKey"},
    "operations": {"findContact": {"url": "people", "responseMapping": {}}},
}


def problems(**changes):
    text = json.dumps(GOOD | changes, indent=1)
    return [
        (each.code, each.place, each.operation, each.text) for each in read_config(text).problems
    ]


def test_a_good_config_has_no_problem():
    assert problems() == []
    assert read_config(json.dumps(GOOD)).config.meta.name == "small"


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("", "not JSON: Expecting value at line 1, column 1", 1),
        ('{\n "auth": }', "at line 2, column 10", 2),
        ('{"auth": {"type": NaN}}', "NaN is no JSON", 0),
        ("[]", "no JSON object", 1),
        ('{"proxyConfig": 5}', "no JSON object", 1),
        ('{"operations": {}}', 'has no auth, .* add for example "auth"', 1),
        ('{"auth": {}}', 'has no operations, .* add for example "operations"', 1),
        ('{"auth": 1, "operations": {}}', r"^auth \(line 1\) is of type int where object is", 1),
        ('{"auth": null, "operations": {}}', "of type null where object", 1),
        (
            '{"auth": {}, "operations": {\n"findContact": {\n"url": 5}}}',
            r"^operations\.findContact\.url \(line 3\) is of type int where str is needed",
            3,
        ),
        (
            '{"auth": {}, "operations": {"findContact": {"headers":\n []}}}',
            r"operations\.findContact\.headers \(line 1\) is of type array where object is",
            1,
        ),
        (
            '{"proxyConfig": {"auth": {},\n"operations":\n5}}',
            r"^operations \(line 2\) is of type int",
            2,
        ),
        (
            '{"auth": {}, "operations": {}, "requestDefaults": {"timeoutSeconds": -1}}',
            r"timeoutSeconds \(line 1\) cannot be used \(Expected `float` >= 0",
            1,
        ),
        (
            '{"auth": {}, "operations": {"getUserInfo": {"responseMapping": '
            '{"platformAdditionalInfoPaths": {"a": 5}}}}}',
            r"platformAdditionalInfoPaths\.\* \(line 1\) is of type int where str is needed",
            1,
        ),
        ("[" * 100_000, "nested too deeply", 0),
        (
            '{"auth": {}, "operations": {"findContact": {"body": ' + "[" * 200 + "]" * 200 + "}}}",
            "more than 100 levels",
            0,
        ),
        (" " * (MAX_CONFIG_BYTES + 1), "larger than 1024 KB", 0),
    ],
)  # fmt: skip
def test_what_cannot_run_is_said_in_one_sentence(text, said, line):
    with pytest.raises(ProxyConfigError, match=said) as caught:
        read_config(text)
    assert caught.value.line == line
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 400


def test_an_unknown_key_is_named_with_its_line_and_the_likely_one():
    text = '{"auth": {},\n "operations": {"findContact": {\n  "urls": "x", "responseMapping": {}}},'
    text += '\n "meta": {"logFormat": "custom", "colour": 1}}'
    first, second = read_config(text).problems
    assert (first.code, first.place, first.line, first.operation) == (
        "UNKNOWN_KEY",
        "operations.findContact.urls",
        3,
        "findContact",
    )
    assert "did you mean url." in first.text
    assert (second.place, second.line, second.operation) == ("meta.colour", 4, "")
    assert "did you mean" not in second.text


def test_an_unknown_operation_is_an_unknown_key_for_all():
    operations = GOOD["operations"] | {"findContacts": {}}
    assert problems(operations=operations) == [
        (
            "UNKNOWN_KEY",
            "operations.findContacts",
            "",
            "App Connect passes over operations.findContacts: it has no such key, did you mean "
            "findContact.",
        )
    ]


def test_the_schema_may_be_named():
    assert problems(**{"$schema": "proxy-config.schema.json"}) == []


@pytest.mark.parametrize(
    ("name", "operation", "said"),
    [
        ("findContact", {}, "findContact has no responseMapping, so App Connect reads no contact"),
        ("findContactWithName", {}, "has no responseMapping"),
        ("createContact", {}, "has no responseMapping.idPath, so App Connect creates the contact"),
        ("createContact", {"responseMapping": {"namePath": "x"}}, "no responseMapping.idPath"),
        ("createCallLog", {}, "writes the log and then says that it failed"),
        ("getUserInfo", {"responseMapping": {}}, "all users get the same id"),
    ],
)
def test_a_missing_mapping_is_a_problem(name, operation, said):
    ((code, place, concerns, text),) = problems(operations={name: operation})
    assert (code, place, concerns) == ("MISSING_MAPPING", f"operations.{name}", name)
    assert said in text


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("updateCallLog", {}),
        ("getCallLog", {}),
        ("createCallLog", {"responseMapping": {}}),
        ("createContact", {"responseMapping": {"idPath": "body.id"}}),
    ],
)
def test_a_mapping_that_has_defaults_need_not_be_there(name, operation):
    assert problems(operations={name: operation}) == []


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ({"url": "p/{{nme}}"}, "url"),
        ({"query": {"q": "{{nme}}"}}, "query.q"),
        ({"headers": {"X": "{{ nme.x }}"}}, "headers.X"),
        ({"body": {"a": [{"b": "<{{nme}}>"}]}}, "body.a[0].b"),
        ({"auth": {"credentialTemplate": "{{nme}}"}}, "auth.credentialTemplate"),
    ],
)
def test_a_template_that_never_has_a_value_is_a_problem(part, place):
    operation = {"responseMapping": {}} | part
    ((code, found, concerns, text),) = problems(operations={"findContactWithName": operation})
    assert (code, found) == ("UNKNOWN_VARIABLE", f"operations.findContactWithName.{place}")
    assert concerns == "findContactWithName"
    assert "which findContactWithName never has, so it is sent empty" in text
    assert "apiKey, authHeader, name, secretKey, user" in text


def test_variables_belong_to_their_operation():
    operation = {"url": "{{phoneNumber}}{{user.id}}{{$}}", "responseMapping": {}}
    assert len(problems(operations={"findContactWithName": operation})) == 2
    assert len(problems(operations={"findContact": operation})) == 1
    headers = {"a": "{{phoneNumber}}{{name}}", "b": "{{user.mail}}{{nme}}"}
    found = problems(requestDefaults={"defaultHeaders": headers})
    assert [text.split(",")[0] for *_, text in found] == [
        "requestDefaults.defaultHeaders.b names {{user.mail}}",
        "requestDefaults.defaultHeaders.b names {{nme}}",
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"requestDefaults": {"baseUrl": "https://{{user.hostname}}"}}, "TEMPLATE_NOT_FILLED_IN"),
        ({"meta": {"logFormat": "html"}}, "UNKNOWN_LOG_FORMAT"),
        ({"meta": {}}, "UNKNOWN_LOG_FORMAT"),
        ({"auth": {"encode": "Base64"}}, "UNKNOWN_ENCODING"),
        ({"auth": {"credentialTemplate": "{{apiKey}:"}}, "BROKEN_TEMPLATE"),
    ],
)
def test_other_surprises(changes, code):
    ((found, _place, concerns, text),) = problems(**changes)
    assert (found, concerns) == (code, "")
    assert text.endswith(".")


def test_a_config_may_stand_in_a_manifest():
    reading = read_config(json.dumps({"name": "own", "proxyConfig": GOOD}))
    assert reading.manifest == {"name": "own"}
    assert reading.config.meta.name == "small"
    assert reading.problems == ()


def test_a_place_is_written_as_an_author_would():
    assert dotted(("a", "b", 0, "c")) == "a.b[0].c"
    assert dotted(()) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="{}a.$"),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["auth", "operations", "findContact", "url", "query", "body", "meta", "item",
                 "responseMapping", "createContact", "headers", "odd", "proxyConfig"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_json_is_read_or_refused(data):
    for text in (json.dumps(data), json.dumps({"auth": {}, "operations": data})):
        try:
            found = read_config(text).problems
        except ProxyConfigError:
            continue
        assert all(each.line for each in found)


@given(st.text())
def test_any_text_is_refused(text):
    with pytest.raises(ProxyConfigError):
        read_config(text)


def test_thousands_of_unknown_keys_are_told_without_a_comparison_each():
    many = {f"findContct{number}": {} for number in range(2000)}
    reading = read_config(json.dumps({"auth": {}, "operations": many}))
    unknown = [each for each in reading.problems if each.code == "UNKNOWN_KEY"]
    assert len(unknown) == 2000
    assert not any("did you mean" in each.text for each in unknown)
