"""``callbench serve --workers 2`` over one PostgreSQL: it does not matter who answers."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import time

import httpx
import pytest

from tests.serving import INSIGHTLY, incoming_call, running_server, stopped

LINES = 5
"""Kept connections to each worker."""
STARTED = re.compile(r"Started server process \[(\d+)\]")
FINISHED = "Application startup complete."


class Line:
    """A connection that is kept, so that the same worker answers whatever is asked on it.

    It never connects anew: a connection that breaks fails the test.
    """

    def __init__(self, url: str) -> None:
        address = httpx.URL(url)
        self._connection = http.client.HTTPConnection(address.host, address.port, timeout=30)
        self._connection.connect()
        self._connection.auto_open = 0
        self.token = ""

    def send(self, method: str, path: str, body: object = None) -> None:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        content = None if body is None else json.dumps(body)
        self._connection.request(method, path, content, headers)

    def answer(self) -> tuple[int, object]:
        response = self._connection.getresponse()
        return response.status, json.loads(response.read())

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, object]:
        self.send(method, path, body)
        return self.answer()

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def workers(tmp_path_factory, crm, postgresql_server):
    """The lines to each of two workers."""
    folder = tmp_path_factory.mktemp("workers")
    env = {"DATABASE_URL": postgresql_server.new_schema()}
    arguments = ["--workers", "2", "--debug"]
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(
            running_server(folder, routes=crm.routes, arguments=arguments, env=env)
        )
        process_ids = started_workers(server)
        lines = []
        for place in range(2):
            # The other one is stopped, so that this one takes the connections.
            with stopped(process_ids[1 - place]):
                mine = [Line(server.url) for _ in range(LINES)]
                lines.append(mine)
                for line in mine:
                    stack.callback(line.close)
                    assert line.ask("GET", "/serverVersionInfo")[0] == 200
        yield lines
        for process_id in process_ids:
            os.kill(process_id, 0)  # neither was replaced meanwhile
        assert "Traceback" not in server.log.read_text()
        assert INSIGHTLY["apiKey"] not in server.log.read_text()
    assert server.process.returncode == 130


def started_workers(server):
    """Wait until both workers serve; return their process ids."""
    ends_at = time.monotonic() + 30
    while (said := server.log.read_text()).count(FINISHED) < 2:
        assert time.monotonic() < ends_at, said
        assert server.process.poll() is None, said
    first, second = (int(each) for each in STARTED.findall(said))
    return first, second


def sign_in(line):
    status, answer = line.ask("POST", "/apiKeyLogin", INSIGHTLY)
    assert status == 200, answer
    return answer["jwtToken"]


def at_once(crm, lines, asked):
    """Send to the CRM's connectors at once: nobody is answered before everybody has asked.

    Args:
        lines: who asks.
        asked: the method, path and body of each.
    """
    *asking, first_spare, second_spare = lines
    with crm.held():
        for line, question in zip(asking, asked, strict=True):
            line.send(*question)
        # A worker that answers this, out of the database, has taken in what came before.
        for spare in (first_spare, second_spare):
            assert spare.ask("GET", "/user/settings")[0] == 200
    answers = [line.answer() for line in asking]
    assert {status for status, _ in answers} == {200}
    return [answer for _, answer in answers]


def in_turn(workers):
    """The lines, one of each worker in turn; the last two are of different workers."""
    return [line for pair in zip(*workers, strict=True) for line in pair]


def test_what_is_saved_at_once_through_two_workers_is_saved_once_and_none_is_lost(workers, crm):
    lines = in_turn(workers)
    token = sign_in(workers[0][0])
    for line in lines:
        line.token = token
    asked_by = 2 * (LINES - 1)

    same = person("Mae Jemison", "+16285550160")
    answers = at_once(crm, lines, [("POST", "/contact", same)] * asked_by)
    [row_id] = stored(crm, "contacts", "LAST_NAME", "Jemison")
    assert [answer["successful"] for answer in answers] == [True] * asked_by
    assert {answer["contact"]["id"] for answer in answers} == {row_id}

    names = ["Ada Ride", "Ada Ochoa", "Ada Resnik"]
    several = [person(names[place % 3], f"+1628555016{place % 3 + 1}") for place in range(asked_by)]
    answers = at_once(crm, lines, [("POST", "/contact", each) for each in several])
    made = {name: stored(crm, "contacts", "LAST_NAME", name.split()[1]) for name in names}
    assert [len(rows) for rows in made.values()] == [1, 1, 1]
    assert [answer["contact"]["id"] for answer in answers] == [
        made[each["newContactName"]][0] for each in several
    ]

    sessions = ["workers-0", "workers-1", "workers-2"]
    calls = [call(sessions[place % 3], row_id) for place in range(asked_by)]
    answers = at_once(crm, lines, [("POST", "/callLog", each) for each in calls])
    logged = {each: stored(crm, "events", "DETAILS", f"note of {each}") for each in sessions}
    assert [len(rows) for rows in logged.values()] == [1, 1, 1]
    for session in sessions:
        told = [
            answer
            for answer, each in zip(answers, calls, strict=True)
            if each["logInfo"]["sessionId"] == session
        ]
        [log_id] = [answer["logId"] for answer in told if answer["successful"]]
        assert [log_id] == logged[session]
        assert {a["returnMessage"]["message"] for a in told if not a["successful"]} == {
            f"Existing log for session {session}"
        }
        for line in (workers[0][0], workers[1][0]):
            [log] = line.ask("GET", f"/callLog?sessionIds={session}")[1]["logs"]
            assert log == {"sessionId": session, "matched": True, "logId": log_id}


def test_settings_that_change_at_once_through_two_workers_are_all_kept(workers):
    lines = in_turn(workers)
    token = sign_in(lines[0])
    for place, line in enumerate(lines):
        line.token = token
        line.send(
            "POST", "/user/settings", {"userSettings": {f"at once {place}": {"value": place}}}
        )
    assert {line.answer()[0] for line in lines} == {200}
    for line in lines[:2]:
        kept = line.ask("GET", "/user/settings")[1]
        assert [kept[f"at once {place}"]["value"] for place in range(2 * LINES)] == [
            *range(2 * LINES)
        ]


def test_a_user_of_one_worker_is_one_of_the_other_until_signed_out_at_either(workers, crm):
    find = "/contact?phoneNumber=%2B14155550132&isForceRefreshAccountData=true"
    for here, there in ((0, 1), (1, 0)):
        one, other = workers[here][0], workers[there][0]
        one.token = other.token = sign_in(one)
        for line in (other, one):
            assert line.ask("GET", find)[1]["contact"][0]["name"] == "Anna Keller"
            assert line.ask("GET", "/authValidation") == (200, {"successful": True})
        settings = {"userSettings": {"from": {"value": here}}}
        assert one.ask("POST", "/user/settings", settings)[0] == 200
        assert other.ask("GET", "/user/settings")[1]["from"] == {"value": here}

        assert one.ask("POST", "/unAuthorize", {})[1]["messageType"] == "success"
        for line in (other, one):
            assert line.ask("GET", "/authValidation")[1]["successful"] is False
            found = line.ask("GET", find)[1]
            assert found["successful"] is False
            refused = person("Nobody Signed-In", "+16285550169")
            assert line.ask("POST", "/contact", refused)[1]["successful"] is False
            assert line.ask("POST", "/callLog", call("signed-out", 1))[1]["successful"] is False
    assert stored(crm, "contacts", "LAST_NAME", "Signed-In") == []
    assert stored(crm, "events", "DETAILS", "note of signed-out") == []


def person(name, number):
    return {"phoneNumber": number, "newContactName": name, "newContactType": "contact"}


def call(session, contact_id):
    return incoming_call(session, contact_id, "Mae Jemison", "+16285550160")


def stored(crm, entity, column, text):
    """Return the ids of the CRM's rows that have a text in a column."""
    rows = crm.records("insightly", entity)
    return [row_id for row_id, row in rows.items() if text in (row.get(column) or "")]
