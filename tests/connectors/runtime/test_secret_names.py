"""What is named secret goes, wherever it stands; what people are called and their numbers stay."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.runtime import secret_names
from connectors.runtime.secret_names import NAMES, REDACTED

CANARY = "k3y-0123456789abcdef"


def test_every_name_has_a_root_by_which_texts_are_looked_through():
    assert all(any(root in name for root in secret_names._ROOTS) for name in NAMES)
    assert all(name == name.lower() for name in NAMES)


@pytest.mark.parametrize(
    "line",
    [
        f"token={CANARY}",
        f"opened: token: {CANARY}, next",
        f"apiKey = '{CANARY}'",
        f'{{"access_token": "{CANARY}", "user": "Ada"}}',
        f"{{'X-Api-Key': '{CANARY}'}}",
        f'"{{\\"refreshToken\\": \\"{CANARY}\\"}}"',
        f"Authorization: Bearer {CANARY}",
        f"Authorization: Token {CANARY} trailing",
        f"Cookie: lang=en; sid={CANARY}",
        f"Set-Cookie: sid={CANARY}; Path=/; HttpOnly",
        f"headers={{'cookie': 'a=b; sid={CANARY}', 'accept': '*/*'}}",
        f"GET https://ada:{CANARY}@crm.test/x failed",
        f"GET https://crm.test/x?page=2&api_key={CANARY} failed",
        f"url=https://crm.test/x?access_token={CANARY}",
        f"info:token={CANARY}",
        f"using bearer {CANARY}",
        f"CRM said: <p>no</p><input name='csrf_token' value='{CANARY}'>",
        f"<a:password>{CANARY}</a:password>",
        f"Basic {CANARY}==",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0abc.k3y-0123456789abcdef",
    ],
)
def test_what_is_named_secret_in_a_printed_line_goes(line):
    kept = secret_names.without_named(line)
    assert CANARY not in kept
    assert REDACTED in kept


@pytest.mark.parametrize(
    "line",
    [
        "token: refreshed",
        "token=undefined, password=",
        "Authorization: the CRM refused the key",
        "looking up +16505551234 for Ada Lovelace",
        "contact: Anna Keller, phone=+14155550132, id: 00Q5g00000ABC123",
        "basic search for 4155550132",
        "field_name=PHONE&field_value=4155550132",
        "https://crm.test/contacts?q=Keller@example.com&page=2",
        "mailto: ada@crm.test",
        "",
    ],
)
def test_people_numbers_and_plain_words_stay(line):
    assert secret_names.without_named(line) == line


def test_what_surrounds_a_secret_stays():
    line = f"Ada (+16505551234): token={CANARY}; 2 people"
    assert secret_names.without_named(line) == f"Ada (+16505551234): token={REDACTED}; 2 people"
    assert secret_names.named_before(f"Ada: token={REDACTED}") == "token"
    assert secret_names.named_before(f"Authorization: Bearer {REDACTED}") == "authorization"
    assert secret_names.named_before(f"sent {REDACTED}") == ""


def test_parameters_of_urls_in_any_text():
    for mark in ("?", "&", "&amp;", "\\u0026"):
        text = f'"next": "https://crm.test/{mark}token=abc&page=2"'
        assert secret_names.without_parameters(text) == text.replace("abc", REDACTED)
    assert secret_names.without_parameters("?api%5Fkey=abc") == f"?api%5Fkey={REDACTED}"
    assert secret_names.without_parameters("?name=Ada&tokens=3") == "?name=Ada&tokens=3"


def test_pairs_of_a_form():
    kept, found = secret_names.without_pairs("a=1&password=s3%2Bcret&b=+")
    assert (kept, found) == (f"a=1&password={REDACTED}&b=+", ["s3+cret"])


def test_elements_and_fields_of_markup():
    soap = f'<s:login a="1"><s:password>{CANARY}</s:password><name>Ada</name></s:login>'
    assert secret_names.without_markup(soap) == soap.replace(CANARY, REDACTED)
    page = f'<input type="hidden" name="csrf_token" value="{CANARY}"><input name="q" value="Ada">'
    assert secret_names.without_markup(page) == page.replace(CANARY, REDACTED)
    meta = f"<meta name='csrf-token' content='{CANARY}'/>"
    assert secret_names.without_markup(meta) == meta.replace(CANARY, REDACTED)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_parts_of_a_multipart_body(end):
    def part(name, value):
        return f'--x{end}Content-Disposition: form-data; name="{name}"{end}{end}{value}{end}'

    text = part("phone", "+16505551234") + part("password", f"{CANARY}{end}two lines")
    text += part("name", "Ada") + f"--x--{end}"
    kept = secret_names.without_parts(text)
    assert kept == text.replace(f"{CANARY}{end}two lines", REDACTED)
    assert secret_names.without_parts("no parts at all") == "no parts at all"


def test_keys_of_json():
    data = {"a": [{"Token": CANARY, "page": 2, "secret": None, "password": False}]}
    kept = {"a": [{"Token": REDACTED, "page": 2, "secret": None, "password": False}]}
    assert secret_names.without_keys(data) == kept
    assert secret_names.secrets_in(data) == [CANARY]
    cut = json.dumps(data)[: json.dumps(data).index(CANARY) + 5]
    assert CANARY[:5] not in secret_names.without_loose_keys(cut)


BLANKS = st.text(" \t\r\n", max_size=6)


@given(
    st.sampled_from(sorted(NAMES)),
    st.lists(st.booleans(), min_size=40, max_size=40),
    BLANKS,
    st.recursive(st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)),
)
def test_a_secret_key_is_seen_however_it_is_written(name, upper, blanks, beside):
    key = "".join(c.upper() if up else c for c, up in zip(name, upper, strict=False))
    around = [json.dumps(beside, ensure_ascii=False), json.dumps({"a": beside})]
    text = f'[{around[0]}, {{"{key}"{blanks}:{blanks}"x"}}, {around[1]}]'
    assert json.loads(text)[1] == {key: "x"}
    assert secret_names.may_hold_key(text)


@given(st.recursive(st.text() | st.none(), lambda inner: st.dictionaries(st.text(), inner)))
def test_where_no_key_is_seen_there_is_no_secret_one(data):
    for text in (json.dumps(data), json.dumps(data, ensure_ascii=False, indent=2)):
        if not secret_names.may_hold_key(text):
            assert secret_names.secrets_in(data) == []


@pytest.mark.parametrize(
    "key", ["access_tok\\u0065n", "TO\u212aEN", "to\u212aen", "pri\\u0076ate_key"]
)
def test_a_key_in_other_letters_may_be_secret(key):
    assert secret_names.may_hold_key(f'{{"{key}": 1}}')


@pytest.mark.parametrize(
    "text",
    [
        '{"keyword": "token", "secretary": "pwd", "authored": 1, "cookies": [], "passwords": 2}',
        '{"owner": 1, "notes": "a : b", "modified" : 2, "order"\n:3, "Zoë\u2028": "auth"}',
        '["token", "secret", "key"]',
        '{"a": "\\"token\\": 1"}',
        '{"key": 1, "x_token": 2, "y-key" : 3}',
        "{",
        "",
        ":",
        '":',
        '" :',
    ],
)
def test_words_that_only_look_like_secret_keys_cost_no_reading(text):
    assert not secret_names.may_hold_key(text)


@pytest.mark.parametrize("text", ['":', '" :', " :", '" ', 'key":', 'key" :', '"a', ":", "\\"])
def test_no_json_makes_the_look_for_keys_slow(text):
    secret_names.may_hold_key("{" + text * (400_000 // len(text)))


@pytest.mark.parametrize(
    "text",
    ["a", "<", '<name="x" ', "://", "eyJ", "token=", "&", "?a=", "<a", "token:'", '"', "-", "a-",
     "token=\\", 'name="a"\n', "bearer ", "token: x\\'", "--\n", "<token>"],
)  # fmt: skip
def test_no_text_makes_it_slow(text):
    rude = f"<{text * (200_000 // len(text))}"
    for take in (
        secret_names.without_named,
        secret_names.without_markup,
        secret_names.without_parts,
        secret_names.without_loose_keys,
    ):
        take(rude)  # ends at all: in proportion to the square of the text it takes hours
