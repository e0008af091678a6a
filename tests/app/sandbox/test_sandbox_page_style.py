from __future__ import annotations

import base64
import hashlib

from app.sandbox.page_style import CONTENT_SECURITY_POLICY, STYLE


def test_a_browser_may_load_this_style_and_nothing_else():
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == f"'sha256-{digest}'"
    assert rules["frame-ancestors"] == "'none'"
    assert "script-src" not in rules


def test_the_style_fetches_nothing_and_fits_a_dark_desktop():
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "prefers-color-scheme:dark" in STYLE
    assert ":focus-visible" in STYLE


def test_the_page_carries_exactly_this_style(sandbox):
    answer = sandbox.http.get("/", follow_redirects=True)
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert f"<style>{STYLE}</style>" in answer.text
