from __future__ import annotations

import os

import platformdirs
import pytest

from app.home import home


def test_the_named_folder_is_made_on_first_use(tmp_path, monkeypatch):
    monkeypatch.setenv("CALLBENCH_HOME", str(tmp_path / "a" / "b"))
    assert home() == tmp_path / "a" / "b"
    assert home().is_dir()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_only_its_owner_may_read_it():
    assert home().stat().st_mode & 0o777 == 0o700


def test_a_tilde_is_the_users_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("CALLBENCH_HOME", "~/bench")
    assert home() == tmp_path / "bench"


@pytest.mark.parametrize("configured", [None, ""])
def test_without_a_name_it_is_the_users_data_folder(tmp_path, monkeypatch, configured):
    monkeypatch.delenv("CALLBENCH_HOME")
    if configured is not None:
        monkeypatch.setenv("CALLBENCH_HOME", configured)
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda *_, **__: str(tmp_path / "data"))
    assert home() == tmp_path / "data"
