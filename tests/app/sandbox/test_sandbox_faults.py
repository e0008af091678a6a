from __future__ import annotations

import time

import httpx
import pytest

from app.sandbox.errors import FaultRuleError
from app.sandbox.faults import SandboxSettings, parse_rule

ME = "/users/me"


def set_faults(sandbox, *rules):
    sandbox.settings.rules = SandboxSettings.of(0, rules).rules


def test_a_rule_is_read():
    rule = parse_rule("insightly/contacts/search=500x2")
    assert (rule.platform, rule.path, rule.kind, rule.left) == (
        "insightly",
        "/contacts/search",
        "500",
        2,
    )
    assert parse_rule("=slow:20").number == 20
    assert parse_rule("/search=redirect:https://a.example/?b=c").argument.endswith("?b=c")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "500",
        "=",
        "=99",
        "=600",
        "=nope",
        "clio=500",
        "=500x0",
        "=slow",
        "=slow:x",
        "=cut:1",
        "=big:0",
        "=redirect:",
        "=big:99999999999",
        "=redirect:javascript:1",
    ],
)
def test_a_wrong_rule_is_refused_with_an_example(text):
    with pytest.raises(FaultRuleError, match="example: insightly/contacts/search=429x2") as info:
        parse_rule(text)
    assert "\n" not in str(info.value)


def test_a_status_is_answered_as_often_as_told(sandbox):
    set_faults(sandbox, "insightly/users=503x2", "insightly=429x1")
    answers = [sandbox.insightly("GET", ME).status_code for _ in range(4)]
    assert answers == [503, 503, 429, 200]
    set_faults(sandbox, "insightly=429")
    assert sandbox.bullhorn("GET", "ping").status_code == 200
    assert sandbox.insightly("GET", ME).headers["retry-after"] == "1"


def test_broken_bodies(sandbox):
    set_faults(sandbox, "=broken-jsonx1", "=htmlx1", "=emptyx1", "=cutx1", "=big:2x1")
    broken = sandbox.insightly("GET", ME)
    assert broken.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        broken.json()
    assert sandbox.insightly("GET", ME).headers["content-type"].startswith("text/html")
    assert sandbox.insightly("GET", ME).content == b""
    with pytest.raises(httpx.RemoteProtocolError):
        sandbox.insightly("GET", ME)
    assert len(sandbox.insightly("GET", ME).content) > 2_000_000
    assert sandbox.insightly("GET", ME).json()["FIRST_NAME"] == "Sam"


def test_redirect_and_slow(sandbox):
    set_faults(sandbox, "=redirect:https://elsewhere.example/x1", "=slow:60x1")
    answer = sandbox.insightly("GET", ME)
    assert (answer.status_code, answer.headers["location"]) == (302, "https://elsewhere.example/")
    start = time.monotonic()
    assert sandbox.insightly("GET", ME).status_code == 200
    assert time.monotonic() - start >= 0.05


def test_delay_and_faults_are_set_while_it_runs(sandbox):
    change = {"delayMs": 40, "indexDelayS": 5, "faults": ["=500x1"]}
    assert sandbox.http.post("/control", json=change).json() == change
    start = time.monotonic()
    assert sandbox.insightly("GET", ME).status_code == 500
    assert time.monotonic() - start >= 0.03
    for wrong in ({"delayMs": -1}, {"faults": ["x"]}, {"nope": 1}, [], {"delayMs": "1"}):
        assert sandbox.http.post("/control", json=wrong).status_code == 400
    assert sandbox.http.get("/control").json() == change
    made = sandbox.insightly("POST", "/contacts", json={"LAST_NAME": "Late", "PHONE": "77"})
    assert made.status_code == 201
    query = "/contacts/search?field_name=PHONE&field_value=77"
    assert sandbox.insightly("GET", query).json() == []
