"""What is kept of an exchange never shows a secret, however it is spelled."""

import base64
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.runtime.redact import MOST_TAUGHT, NAMES, REDACTED, Redactor

# A canary may hold anything that a key or password may hold; the mark keeps it apart from its
# surroundings.
CANARIES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).map("Zq7#{}".format)
AROUND = st.text(st.characters(codec="utf-8"), max_size=20)
SECRET_NAMES = st.sampled_from(sorted(NAMES))


@given(CANARIES, AROUND, AROUND)
def test_a_known_value_never_stays_in_text(canary, before, after):
    assert canary not in Redactor([canary]).text(before + canary + after)


@given(CANARIES, st.sampled_from(["", "/", "/:@!$&'()*+,;="]))
def test_a_known_value_never_stays_in_a_url(canary, safe):
    redactor = Redactor([canary])
    lower = re.sub("%..", lambda escape: escape[0].lower(), quote(canary))
    for spelled in (quote(canary, safe=safe), quote_plus(canary), lower):
        for url in (
            f"https://crm.example/v1/{spelled}/contacts",
            f"https://crm.example/v1?q={spelled}&page=2",
        ):
            assert spelled not in redactor.url(url)


@given(CANARIES, st.booleans())
def test_a_known_value_never_stays_in_json(canary, ascii_only):
    text = json.dumps({"note": f"see {canary}", "list": [canary]}, ensure_ascii=ascii_only)
    spelled = json.dumps(canary, ensure_ascii=ascii_only)[1:-1]
    kept = Redactor([canary]).body(text, "application/json")
    assert spelled not in kept
    assert json.loads(kept)["list"] == [REDACTED]


@given(CANARIES)
def test_the_forms_of_basic_authorization_never_stay(canary):
    redactor = Redactor([canary])
    for text in (canary, f"{canary}:"):
        encoded = base64.b64encode(text.encode()).decode()
        assert encoded not in redactor.text(f"sent Basic {encoded} to the CRM")
        assert quote(encoded, safe="") not in redactor.url(
            f"https://a/?x={quote(encoded, safe='')}"
        )


@given(SECRET_NAMES, CANARIES)
def test_a_secret_name_needs_no_known_value(name, canary):
    redactor = Redactor()
    for spelled in (name, name.upper(), name.title()):
        assert redactor.headers([(spelled, canary)]) == ((spelled, REDACTED),)
        form = f"{spelled}={quote_plus(canary)}&page=2"
        assert redactor.url(f"https://a/?{form}") == f"https://a/?{spelled}={REDACTED}&page=2"
        kept = redactor.body(form, "application/x-www-form-urlencoded; charset=utf-8")
        assert kept == f"{spelled}={REDACTED}&page=2"
        deep = json.dumps({"a": [{spelled: canary, "page": 2}]})
        kept = json.loads(redactor.body(deep, "application/json"))
        assert kept == {"a": [{spelled: REDACTED, "page": 2}]}


@settings(max_examples=50, deadline=None)
@given(SECRET_NAMES, CANARIES, st.data())
def test_json_that_was_cut_shows_no_part_of_a_secret(name, canary, data):
    whole = json.dumps({"page": 2, name: canary, "note": canary, "more": "x" * 20})
    length = data.draw(st.integers(0, len(whole)))
    redactor = Redactor([canary])
    kept = redactor.cut(redactor.body(whole[:length], "application/json"))
    assert json.dumps(canary)[1:-1] not in kept
    assert f'"{name}": "Zq7#' not in kept


def test_the_first_half_of_a_cut_value_goes_too():
    redactor = Redactor(["canary-0123456789"])
    assert redactor.cut("name: canary-01234") == f"name: {REDACTED}"
    assert redactor.cut("name: can") == "name: can"


@pytest.mark.parametrize("value", [12345678, ["canary"], {"value": "canary"}])
def test_a_secret_that_is_no_text_goes_too(value):
    kept = Redactor().body(json.dumps({"token": value}), "application/json")
    assert json.loads(kept) == {"token": REDACTED}


def test_an_escaped_name_is_still_a_name():
    assert Redactor().url("https://a/?api%5Fkey=canary") == f"https://a/?api%5Fkey={REDACTED}"


def test_user_info_goes():
    assert Redactor().url("https://me:canary@a/b?c=d") == f"https://{REDACTED}@a/b?c=d"


def test_what_holds_no_secret_stays_byte_for_byte():
    redactor = Redactor(["abc", ""])  # too short to be told from other text
    url = "https://a/v3.1/Contacts/Search?field_name=PHONE&field_value=%2b1+202&x"
    assert redactor.url(url) == url
    for text in ('{ "a" :  1.0, "note": "abc" }', "[1, 2", "plain", ""):
        assert redactor.body(text, "application/json") == text


@pytest.mark.parametrize("before", ["", "u", "us", "user", "user:", "a longer name:"])
@pytest.mark.parametrize("after", ["", ":", ":x", "@host"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_is_found_inside_base64_wherever_it_begins(before, after, encode):
    secret = "s3cret?>~value"
    encoded = encode(f"{before}{secret}{after}".encode()).decode()
    assert Redactor([secret]).text(f'x "{encoded}" y') == f'x "{REDACTED}" y'


def test_text_that_only_looks_like_base64_stays():
    text = "VGhlIG51bWJlciBpcyBwdWJsaWM= and +14155550132"
    assert Redactor(["s3cret-value"]).text(text) == text


def test_a_session_that_begins_in_an_answer_is_known_from_then_on():
    redactor = Redactor()
    redactor.body('{"data": {"BhRestToken": "session-0123", "token": "Ada"}}', "application/json")
    assert redactor.text("GET /x?s=session-0123") == f"GET /x?s={REDACTED}"
    assert redactor.text("Ada") == "Ada"


def test_a_list_of_tokens_does_not_fill_the_redactor():
    redactor = Redactor()
    rows = [{"token": f"{row:04d}-token-of-row"} for row in range(1000)]
    kept = redactor.body(json.dumps(rows), "application/json")
    assert "token-of-row" not in kept
    assert redactor.text("0999-token-of-row") == "0999-token-of-row"


def test_values_can_be_learnt_later():
    redactor = Redactor(["first-secret"])
    redactor.learn(["second-secret", "x"])
    assert redactor.text("first-secret second-secret x") == f"{REDACTED} {REDACTED} x"


def test_what_passes_in_a_header_a_cookie_or_a_parameter_is_known_from_then_on():
    redactor = Redactor()
    redactor.headers(
        [
            ("Set-Cookie", "sid=s3ssion-0123456789; Path=/"),
            ("Authorization", "Bearer b3arer-0123456789"),
        ]
    )
    redactor.url("https://crm.test/?api_key=k3y-0123456789")
    redactor.body("password=p4ss-0123456789", "application/x-www-form-urlencoded")
    for value in ("s3ssion", "b3arer", "k3y", "p4ss"):
        assert redactor.text(f"it was {value}-0123456789.") == f"it was {REDACTED}."


def test_a_header_that_is_sent_again_is_not_taken_apart_again(monkeypatch):
    redactor = Redactor()
    taught = []
    learn = redactor._learn_from_body
    monkeypatch.setattr(redactor, "_learn_from_body", lambda new: taught.append(1) or learn(new))
    for _ in range(3):
        redactor.headers([("Authorization", "Bearer b3arer-0123456789")])
    assert len(taught) == 1
    for number in range(2 * MOST_TAUGHT):
        redactor.headers([("Cookie", f"sid={number}")])
    assert len(redactor._taught) == MOST_TAUGHT
    assert redactor.text("b3arer-0123456789") == REDACTED


@given(st.sets(CANARIES, min_size=1, max_size=4), AROUND)
def test_a_text_without_any_mark_has_none_of_the_values(secrets, around):
    redactor = Redactor(secrets)
    for secret in secrets:
        for form in (
            secret,
            json.dumps(secret)[1:-1],
            quote(secret),
            quote_plus(secret),
            base64.b64encode(secret.encode()).decode(),
            quote(base64.b64encode(f"{secret}:".encode()).decode(), safe=""),
        ):
            assert any(mark in around + form for mark in redactor._marks)


def test_no_mark_is_looked_for_that_holds_another():
    marks = Redactor(["a-key-of-36-characters-as-CRMs-give-"])._marks
    assert len(marks) == 4
    assert not [(a, b) for a in marks for b in marks if a != b and a in b]


def test_a_name_in_a_cookie_is_not_learnt():
    redactor = Redactor()
    redactor.headers([("Cookie", "user=AnnaKeller; phone=+14155550132; lang=de-CH")])
    assert redactor.text("AnnaKeller +14155550132 de-CH") == "AnnaKeller +14155550132 de-CH"


def test_a_header_may_hold_a_url():
    (location,) = Redactor().headers([("Location", "https://crm.test/?token=abc&page=2")])
    assert location == ("Location", f"https://crm.test/?token={REDACTED}&page=2")


def test_a_page_in_html_and_a_message_in_xml():
    redactor = Redactor(["known-0123456789"])
    page = "<p>Bad key known-0123456789, token=t0ken-0123456789</p><b>Ada +16505551234</b>"
    assert redactor.body(page, "text/html") == (
        f"<p>Bad key {REDACTED}, token={REDACTED}</p><b>Ada +16505551234</b>"
    )
    soap = "<e><sessionToken>t0ken</sessionToken><name>Ada</name></e>"
    assert redactor.body(soap, "text/xml") == soap.replace("t0ken", REDACTED)


def test_a_multipart_body():
    body = '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nabc\r\n--x--\r\n'
    kept = Redactor().body(body, "multipart/form-data; boundary=x")
    assert kept == body.replace("abc", REDACTED)


def test_a_result_loses_secrets_and_keeps_its_ids():
    redactor = Redactor(["known-0123456789"])
    result = {
        "matchedContactInfo": [
            {"id": "known-0123456789", "name": "Ada", "phone": "+16505551234", "token": "abc"}
        ],
        "returnMessage": {"message": "known-0123456789 was refused", "ttl": 3000},
    }
    assert redactor.result(result) == {
        "matchedContactInfo": [
            {"id": "known-0123456789", "name": "Ada", "phone": "+16505551234", "token": REDACTED}
        ],
        "returnMessage": {"message": f"{REDACTED} was refused", "ttl": 3000},
    }


@pytest.mark.parametrize("depth", [300, 900, 5000, 100_000])
def test_json_however_deep_is_kept(depth):
    text = "[" * depth + '{"token": "abc", "name": "Ada"}' + "]" * depth
    kept = Redactor().body(text, "application/json")
    assert "abc" not in kept
    assert "Ada" in kept


def test_a_key_that_is_written_with_escapes_is_seen():
    text = r'{"t\u006fken": "s3cret-value", "name": "Anna"}'
    kept = Redactor().body(text, "application/json")
    assert "s3cret-value" not in kept
    assert "Anna" in kept


def test_an_answer_without_any_secret_name_stays_as_it_came():
    text = '{ "people" : [ {"name": "Anna", "phone": "415"} ] }'
    assert Redactor(["known-secret"]).body(text, "application/json") == text
