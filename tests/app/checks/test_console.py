import pytest

from app.checks import check

SECRET = "k3y-0123456789abcdef"


@pytest.mark.parametrize(
    "line",
    [
        "sending [REDACTED] now",
        f"apiKey={SECRET}",
        f'{{"access_token": "{SECRET}"}}',
        f"Authorization: Bearer {SECRET}",
        f"using bearer {SECRET}",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0abc.sig",
    ],
)
def test_a_printed_secret_is_found_and_not_repeated(runs, line):
    (finding,) = check(runs.lookup(printed=["hello", line]), runs.manifest())
    assert (finding.rule, finding.severity) == ("secret-printed", "error")
    assert finding.proof == ("$.console[1]",)
    assert SECRET not in finding.text + finding.mend
    assert "eyJ" not in finding.text


@pytest.mark.parametrize(
    "line",
    ["token: refreshed", "token=undefined", "password=", "looking up +16505551234", "basic search"],
)
def test_words_about_secrets_are_no_secrets(runs, line):
    assert runs.rules(runs.lookup(printed=[line])) == []


def test_what_the_connector_reports_becomes_a_finding(runs):
    evidence = runs.lookup(reported=[("DEALS", "The deals could not\nbe read")])
    (finding,) = check(evidence, runs.manifest())
    assert (finding.rule, finding.severity) == ("connector-reported", "warning")
    assert finding.text == "The connector reported DEALS: The deals could not be read."
