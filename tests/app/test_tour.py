from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from app.home import home

STEPS = [
    "create-on-the-crm",
    "incoming-call-is-not-matched-yet",
    "refresh-contact-finds-it",
    "one-match",
    "several-matches-of-two-types",
    "no-match",
    "search-by-name",
    "log-to-the-searched-contact",
    "create-contact-then-log",
    "a-format-rescues-a-lookup",
]


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The tour is played once, as a user plays it."""
    out = tmp_path_factory.mktemp("tour") / "out"
    done = subprocess.run(
        [sys.executable, "-m", "app", "tour", "--out", str(out), "--json"],
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "CALLBENCH_HOME": str(out.parent / "home"),
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=85,
    )
    return done, out


def test_every_step_comes_out_as_promised(played):
    done, out = played
    assert done.returncode == 0, done.stderr
    steps = json.loads((out / "tour.json").read_text(encoding="utf-8"))["steps"]
    assert [step["name"] for step in steps] == STEPS
    assert all(step["ok"] for step in steps), steps


def test_each_step_leaves_its_picture(played):
    _done, out = played
    for number, name in enumerate(STEPS, start=1):
        picture = out / f"{number:02d}-{name}.png"
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_same_report_is_printed(played):
    done, out = played
    printed = json.loads(done.stdout)
    kept = json.loads((out / "tour.json").read_text(encoding="utf-8"))
    assert [step["name"] for step in printed["steps"]] == STEPS
    assert printed["steps"] == kept["steps"]


def test_the_users_own_data_is_left_alone(played):
    _done, out = played
    assert not (out.parent / "home" / "sandbox.sqlite").exists()
    assert home().is_dir()
