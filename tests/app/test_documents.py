"""Every code and rule that the window links to has a page."""

import tomllib
from pathlib import Path

import pytest

from app.checks.finding import Rule
from app.documents import section
from app.explain.verdict import VerdictCode

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("code", VerdictCode)
def test_every_verdict_has_a_page_that_says_what_to_do(code):
    page = section("verdicts", code)
    assert page.startswith("## ")
    for part in ("**Meaning.**", "**Confirm.**", "**Do.**"):
        assert page.count(part) == 1


@pytest.mark.parametrize("rule", Rule)
def test_every_finding_has_a_page(rule):
    page = section("findings", rule)
    assert page.startswith("## ")
    assert len(page.splitlines()) > 2


def test_an_unknown_heading_is_said():
    assert section("verdicts", "NO_SUCH") == "docs/verdicts.md has no section for NO_SUCH."


def test_an_installation_brings_the_pages_along():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for document in ("verdicts", "findings"):
        assert included[f"docs/{document}.md"] == f"resources/docs/{document}.md"
