"""The rules and their pages know each other."""

import re
from pathlib import Path

from app.checks.finding import _MENDS, Rule, found

PAGE = Path(__file__).resolve().parents[3] / "docs" / "findings.md"


def test_every_rule_has_a_section_and_every_section_a_rule():
    sections = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sections == [str(rule) for rule in Rule]


def test_every_section_says_what_why_and_how_to_mend():
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        for word in ("**What.**", "**Why.**", "**Mend.**"):
            assert section.count(word) == 1, section.splitlines()[0]


def test_every_rule_has_its_advice_in_one_sentence():
    assert set(_MENDS) == set(Rule)
    assert all(mend.endswith(".") and "\n" not in mend for mend in _MENDS.values())


def test_ids_are_anchors():
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", rule) for rule in Rule)


def test_a_finding_carries_proof_and_advice():
    finding = found(Rule.REQUEST_SLOW, "note", "It took 3 s.", 4, "$.returned")
    assert finding.proof == (4, "$.returned")
    assert finding.mend == _MENDS[Rule.REQUEST_SLOW]
