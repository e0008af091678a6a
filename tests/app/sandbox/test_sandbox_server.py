from __future__ import annotations

import os
import socket

import pytest

from app.sandbox.errors import FaultRuleError, PortTakenError
from app.sandbox.server import _listen, run, urls


def test_it_says_that_it_is_well(sandbox):
    assert sandbox.http.get("/health").json() == {
        "ok": True,
        "platforms": ["insightly", "bullhorn"],
        "pid": os.getpid(),
    }


def test_controls_are_read_and_changed(sandbox):
    assert sandbox.http.post("/control", json={"delayMs": 1}).json()["delayMs"] == 1
    assert sandbox.http.get("/control").json()["delayMs"] == 1
    assert sandbox.settings.delay_ms == 1


@pytest.mark.parametrize("body", ["", "[]", "5", '{"delayMs": "1"}', '{"faults": ["x"]}', "{"])
def test_a_wrong_change_is_refused_with_a_sentence(sandbox, body):
    answer = sandbox.http.post("/control", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_other_web_sites_are_kept_out(sandbox, headers):
    answer = sandbox.http.post("/control", json={"delayMs": 1}, headers=headers)
    assert answer.status_code == 403
    assert sandbox.settings.delay_ms == 0


def test_its_own_page_is_let_in(sandbox):
    headers = {"Origin": sandbox.url, "Sec-Fetch-Site": "same-origin"}
    assert sandbox.http.post("/control", json={}, headers=headers).status_code == 200


def test_each_crm_has_its_address():
    assert urls("http://127.0.0.1:1") == {
        "page": "http://127.0.0.1:1",
        "insightly": "http://127.0.0.1:1/insightly",
        "bullhorn": "http://127.0.0.1:1/bullhorn",
    }


def test_a_taken_port_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"Port {port} .* choose another"):
            run(tmp_path, port=port)


def test_a_wrong_rule_is_refused_before_anything_is_served(tmp_path):
    with pytest.raises(FaultRuleError, match="nonsense"):
        run(tmp_path / "home", faults=["nonsense"])
    assert not (tmp_path / "home").exists()


def test_its_socket_is_named_tcp_so_that_small_answers_are_not_held_back():
    with _listen(0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
