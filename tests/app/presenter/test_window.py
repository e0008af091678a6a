from __future__ import annotations

import json

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QWidget

from app.explain.matrix import SKIP_REASONS
from app.home import home
from app.presenter.window import open_in_browser
from app.sandbox import seed
from app.settings import load_settings
from widgets.formats_dialog import FormatsDialog


async def take_call(desk, number):
    desk.presenter.phone.ring_in(number)
    await desk.idle()
    desk.presenter.phone.hang_up()


async def test_it_starts_on_the_connection_used_last(open_desk):
    desk = await open_desk("sandbox-bullhorn")
    assert desk.presenter.bench.connection.platform == "bullhorn"
    assert desk.window.property("benchState") == "ready"


async def test_a_connection_that_is_gone_gives_way_to_the_sandbox(open_desk):
    desk = await open_desk("gone")
    assert desk.presenter.settings.connection == "sandbox-insightly"


async def test_switching_forgets_the_calls_of_the_connection_before(open_desk):
    desk = await open_desk()
    await take_call(desk, seed.DEMO["plain"].e164)
    assert len(desk.window.phone.calls.rows()) == 1
    desk.presenter.connect_to("sandbox-bullhorn")
    await desk.idle()
    assert desk.presenter.bench.connection.platform == "bullhorn"
    assert not desk.window.phone.calls.rows()
    assert list(desk.presenter.phone.calls) == []
    assert desk.presenter.phone.matches.match(seed.DEMO["plain"].e164) is None


async def test_the_last_of_two_quick_switches_wins(open_desk):
    desk = await open_desk()
    desk.presenter.connect_to("sandbox-bullhorn")
    desk.presenter.connect_to("sandbox-insightly")
    await desk.idle()
    assert desk.presenter.bench.connection.platform == "insightly"
    assert desk.window.property("benchState") == "ready"


@pytest.mark.parametrize("connection", ["nobody-knows", "sandbox-clio", "sandbox-", ""])
async def test_an_unknown_connection_is_said(open_desk, connection):
    desk = await open_desk()
    desk.presenter.connect_to(connection)
    await desk.idle()
    assert desk.child(QWidget, "errorBanner").isVisible()
    assert desk.window.property("benchState") == "error"
    assert desk.presenter.bench is None
    assert "failed inside the bench" not in banner_text(desk)


def banner_text(desk):
    from PySide6.QtWidgets import QLabel

    banner = desk.child(QWidget, "errorBanner")
    return " ".join(label.text() for label in banner.findChildren(QLabel))


async def test_after_an_unknown_connection_another_one_works(open_desk):
    desk = await open_desk()
    desk.presenter.connect_to("nobody-knows")
    await desk.idle()
    desk.presenter.phone.look_up(seed.DEMO["plain"].e164)
    await desk.idle()
    desk.presenter.connect_to("sandbox-insightly")
    await desk.idle()
    assert desk.window.property("benchState") == "ready"


async def test_formats_belong_to_the_connection_and_are_three_at_most(open_desk):
    desk = await open_desk()
    desk.presenter.set_formats(["(###) ###-####", " ", "###", "", "####", "#####"])
    assert desk.presenter.formats() == ["(###) ###-####", "###", "####"]
    desk.presenter.connect_to("sandbox-bullhorn")
    await desk.idle()
    assert desk.presenter.formats() == []
    desk.presenter.set_formats(["#"])
    kept = load_settings(home()).formats
    assert kept == {
        "sandbox-insightly": ["(###) ###-####", "###", "####"],
        "sandbox-bullhorn": ["#"],
    }


async def test_a_failure_inside_the_bench_shows_the_banner(open_desk):
    desk = await open_desk()

    async def fail():
        raise RuntimeError("odd")

    desk.presenter.tasks.start(fail(), name="test.fail")
    await desk.idle()
    assert desk.child(QWidget, "errorBanner").isVisible()
    assert "test.fail failed inside the bench: RuntimeError: odd." in banner_text(desk)
    assert desk.window.property("benchState") == "error"


async def test_a_lookup_runs_again_and_a_write_does_not(open_desk):
    desk = await open_desk()
    desk.presenter.phone.look_up(seed.DEMO["plain"].e164)
    await desk.idle()
    first = desk.presenter.inspector.started(0).run_id
    desk.window.replay_requested.emit()
    await desk.idle()
    assert desk.presenter.inspector.started(0).run_id > first
    await desk.presenter.bench.create("+16285550174", "Nora Lindqvist", "Contact", {})
    before = len(desk.records("insightly", "contacts"))
    desk.window.replay_requested.emit()
    await desk.idle()
    assert len(desk.records("insightly", "contacts")) == before
    assert "createContact changes the CRM" in notification_text(desk)


def notification_text(desk):
    from PySide6.QtWidgets import QLabel

    shown = desk.child(QWidget, "notification")
    return " ".join(label.text() for label in shown.findChildren(QLabel))


async def test_the_colour_scheme_and_layout_are_kept(open_desk):
    desk = await open_desk()
    desk.window.scheme_requested.emit("dark")
    assert load_settings(home()).scheme == "dark"
    desk.window.scheme_requested.emit("light")
    await desk.presenter.close()
    stored = json.loads((home() / "settings.json").read_text(encoding="utf-8"))
    assert bytes.fromhex(stored["layout"])


@pytest.mark.parametrize(
    ("url", "opens"),
    [
        ("https://crm.example/1", True),
        ("http://127.0.0.1:1", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("calc.exe", False),
        ("", False),
    ],
)
def test_only_web_pages_are_opened(monkeypatch, url, opens):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    open_in_browser(url)
    assert len(opened) == opens


async def test_call_pop_settings_survive_a_restart(open_desk):
    desk = await open_desk()
    values = {"openContactPageFromIncomingCall": "onAnswer"}
    desk.presenter.phone._on_call_pop_saved(values)
    assert load_settings(home()).call_pop == values
    assert desk.presenter.phone.pop_settings.incoming == "onAnswer"


async def test_the_preview_of_a_format_says_in_words_why_it_is_skipped(open_desk):
    desk = await open_desk()
    desk.window.phone.dialpad.set_number("+15105550177")
    desk.presenter.set_formats(["### ####"])
    desk.presenter.edit_formats()
    dialog = desk.window.findChild(FormatsDialog)
    shown = dialog.findChild(QLabel, "formatPreview_1").text()
    assert shown == f"Skipped: {SKIP_REASONS['PLACEHOLDER_COUNT']}"
    dialog.reject()
