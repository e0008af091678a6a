"""What the doctor looks at, what it says, and how it goes on when a look fails."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys

from app import doctor


def by_name(name):
    return next(check for check in doctor.report()["checks"] if check["name"] == name)


def test_the_report_is_the_checks_in_wire_form():
    report = doctor.report()
    assert set(report) == {"ok", "checks"}
    assert all(set(check) == {"name", "ok", "detail", "fix"} for check in report["checks"])
    assert [check["name"] for check in report["checks"]] == [
        "python",
        "glibc",
        "system libraries",
        "display",
        "fonts",
        "keyring",
        "home",
        "loopback",
        "node",
        "connectors",
    ]


def test_whatever_is_not_ok_comes_with_a_fix_and_whatever_is_has_none(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    for check in doctor.report()["checks"]:
        assert bool(check["fix"]) is not check["ok"], check


def test_only_what_is_required_spoils_the_whole(monkeypatch):
    good = doctor.Check("good", ok=True, detail="")
    optional = doctor.Check("optional", ok=False, detail="", fix="f", required=False)
    needed = doctor.Check("needed", ok=False, detail="", fix="f")
    monkeypatch.setattr(doctor, "checks", lambda: [good, optional])
    assert doctor.report()["ok"]
    monkeypatch.setattr(doctor, "checks", lambda: [good, needed])
    assert not doctor.report()["ok"]


def test_a_look_that_fails_does_not_stop_the_others(monkeypatch):
    def broken():
        raise RuntimeError("boom")

    monkeypatch.setattr(doctor, "check_glibc", broken)
    assert by_name("glibc") == {
        "name": "glibc",
        "ok": False,
        "detail": "could not be checked: RuntimeError: boom",
        "fix": "make setup",
    }
    assert by_name("loopback")["ok"]


def test_an_old_glibc_is_refused(monkeypatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.31"))
    assert not doctor.check_glibc().ok
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.34"))
    assert doctor.check_glibc().ok


LISTING = """\
/site-packages/PySide6/QtWidgets.abi3.so:
\tlinux-vdso.so.1 (0x00007ffd)
\tlibGL.so.1 => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f12)
/site-packages/PySide6/Qt/plugins/platforms/libqxcb.so:
\tlibGL.so.1 => not found
\tlibxcb-cursor.so.0 => not found
\tlibodd.so.7 => not found
"""


def test_missing_libraries_become_the_line_to_paste(monkeypatch):
    absent = doctor.absent_libraries(LISTING)
    assert absent == ["libGL.so.1", "libodd.so.7", "libxcb-cursor.so.0"]
    assert doctor.apt_line(absent) == (
        "sudo apt-get install -y --no-install-recommends libgl1 libxcb-cursor0; "
        "install the packages that hold libodd.so.7"
    )

    monkeypatch.setattr(
        subprocess, "run", lambda *_a, **_k: subprocess.CompletedProcess([], 0, LISTING, "")
    )
    check = doctor.check_libraries()
    assert not check.ok
    assert "libGL.so.1" in check.detail


def test_the_libraries_of_the_machine_that_runs_the_tests_are_here(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert doctor.check_libraries().ok


def test_no_screen_is_said_and_is_no_failure(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    check = doctor.check_display()
    assert not check.ok
    assert not check.required
    monkeypatch.setenv("DISPLAY", ":7")
    assert doctor.check_display().detail == ":7"


def test_a_system_font_is_found_or_asked_for(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "FONT_FOLDERS", (tmp_path / "none", tmp_path))
    assert "fonts-noto-cjk" in doctor.check_fonts().fix
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "Some.TTF").touch()
    assert doctor.check_fonts().ok


def test_a_keyring_that_does_not_answer_is_said(monkeypatch):
    class Vault:
        lasting = False

    monkeypatch.setattr("app.vault.open_vault", Vault)
    assert "until the bench is closed" in doctor.check_keyring().detail
    Vault.lasting = True
    assert doctor.check_keyring().ok


def test_a_state_folder_that_cannot_be_made_is_said(monkeypatch, tmp_path):
    assert doctor.check_home().ok
    (tmp_path / "file").touch()
    monkeypatch.setenv("CALLBENCH_HOME", str(tmp_path / "file" / "below"))
    assert "CALLBENCH_HOME" in doctor.check_home().fix


def test_a_loopback_that_is_closed_is_said(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    assert doctor.check_loopback().ok
    monkeypatch.setattr("socket.create_server", refuse)
    assert "Permission denied" in doctor.check_loopback().detail


def test_node_is_wanted_only_for_javascript_connectors(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    check = doctor.check_node()
    assert not check.ok
    assert not check.required


def test_the_built_in_connectors_can_be_loaded():
    check = doctor.check_connectors()
    assert check.ok, check
    assert "insightly" in check.detail
    assert "contract" not in check.detail  # the shared language is no CRM


def test_a_connector_that_cannot_be_loaded_is_named(monkeypatch):
    def load(name):
        raise SyntaxError(f"{name}: line 3")

    monkeypatch.setattr("connectors.host.load.load", load)
    check = doctor.check_connectors()
    assert not check.ok
    assert "insightly: line 3" in check.detail


def test_the_doctor_speaks_without_qt():
    code = "import app.doctor, sys; print(any('PySide6' in name for name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"
