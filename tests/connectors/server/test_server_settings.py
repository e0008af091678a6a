from __future__ import annotations

import os

import pytest

from connectors.server.settings import Settings, SettingsError

KEY = "k" * 32


def read(tmp_path, **env):
    return Settings.from_environment(
        {"APP_SERVER_SECRET_KEY": KEY, "CALLBENCH_HOME": str(tmp_path)} | env
    )


def test_a_key_alone_is_enough(tmp_path):
    settings = read(tmp_path / "new")
    assert settings.secret_keys == (KEY,)
    assert settings.database_url == f"sqlite:///{(tmp_path / 'new').resolve()}/serve.sqlite"
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_everything_can_be_set(tmp_path):
    settings = read(
        tmp_path,
        APP_SERVER_SECRET_KEY=f"{KEY}, {'o' * 32}",
        DATABASE_URL="postgresql://u:p@db/x",
        CALLBENCH_CONNECTORS=os.pathsep.join(("/a", "/b")),
        CALLBENCH_ROUTES="api.crm.example=http://127.0.0.1:1 *=http://127.0.0.1:2/x",
        OVERRIDE_APP_SERVER="https://crm.example",
        HASH_KEY="salt",
        RINGCENTRAL_SERVER="https://rc.example/",
        ALLOWED_CRM_HOSTS="a.example, b.example",
        OPERATION_TIMEOUT_S="5",
        MAX_REQUESTS="7",
        BODY_TIMEOUT_S="3",
    )
    assert settings == Settings(
        secret_keys=(KEY, "o" * 32),
        database_url="postgresql://u:p@db/x",
        connectors=("/a", "/b"),
        routes={"api.crm.example": "http://127.0.0.1:1", "*": "http://127.0.0.1:2/x"},
        server_url="https://crm.example",
        hash_key="salt",
        allowed_hosts=("a.example", "b.example"),
        ringcentral_server="https://rc.example",
        operation_timeout_s=5.0,
        max_requests=7,
        body_timeout_s=3.0,
    )


def test_no_secret_is_shown(tmp_path):
    shown = repr(read(tmp_path, DATABASE_URL="postgresql://u:pass@db/x", HASH_KEY="salt"))
    assert KEY not in shown
    assert "pass" not in shown
    assert "salt" not in shown


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"APP_SERVER_SECRET_KEY": ""}, "APP_SERVER_SECRET_KEY is not set"),
        ({"APP_SERVER_SECRET_KEY": " , "}, "token_urlsafe"),
        ({"APP_SERVER_SECRET_KEY": "short"}, "at least 32"),
        ({"APP_SERVER_SECRET_KEY": f"{KEY},short"}, "at least 32"),
        ({"CALLBENCH_ROUTES": "nonsense"}, "CALLBENCH_ROUTES"),
        ({"MAX_REQUESTS": "many"}, "MAX_REQUESTS must be a number from 1 to 100000"),
        ({"OPERATION_TIMEOUT_S": "nan"}, "OPERATION_TIMEOUT_S"),
        ({"BODY_TIMEOUT_S": "-1"}, "BODY_TIMEOUT_S"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, env, words):
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, **env)
    assert words in str(caught.value)
    assert "short" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, CALLBENCH_HOME=str(tmp_path / "file" / "below"))
    assert "set CALLBENCH_HOME or DATABASE_URL" in str(caught.value)
