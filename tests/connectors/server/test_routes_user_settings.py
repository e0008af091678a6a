from __future__ import annotations

from tests.serving import INSIGHTLY


def setting(value):
    return {"value": value, "customizable": True}


def test_settings_are_merged_and_removed(server):
    with server.client(INSIGHTLY) as http:
        kept = http.get("/user/settings").json()
        http.post("/user/settings", json={"settingKeysToRemove": list(kept)})
        http.post("/user/settings", json={"userSettings": {"a": setting(1), "b": setting("x")}})
        body = {"userSettings": {"b": setting("y")}, "settingKeysToRemove": ["a", "none"]}
        answer = http.post("/user/settings", json=body)
        assert answer.json() == {"userSettings": {"b": setting("y")}}
        assert http.get("/user/settings").json() == {"b": setting("y")}
        http.post("/user/settings", json={"settingKeysToRemove": ["b"]})
        assert http.get("/user/settings").json() == {}


def test_settings_have_a_size(insightly):
    answer = insightly.post("/user/settings", json={"userSettings": {"a": "x" * 300_000}})
    assert answer.status_code == 400
    assert answer.json() == "Settings take at most 256 KB together."
