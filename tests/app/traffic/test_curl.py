"""The commands are run by a real shell; a stand-in for curl shows what would reach it."""

import base64
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.traffic.curl import LONGEST_ARGUMENT, CurlError, curl_command
from connectors.contract.exchange import Body, Exchange
from connectors.runtime import redact

FAKE = """#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word"; done
printf 'STDIN\\0'
[ -p /dev/stdin ] && cat
exit 0
"""
SECRETS = {"Authorization": "Basic a'$(id)b", "api_key": 'k"&=', "token": "t"}


def asked(**more):
    given = {"id": 1, "invocation": 1, "started_ms": 0.0, "method": "GET", "url": "https://c.test/"}
    return Exchange(**(given | more))


def posted(text, mime_type="application/json", headers=(), **more):
    body = Body(text=text, size=1, mime_type=mime_type, **more)
    return asked(method="POST", headers=headers, body=body)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return a function that runs a command and returns (curl's arguments, its input)."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "curl").write_text(FAKE)
    (folder / "curl").chmod(0o755)

    def run(command, **variables):
        (folder / "command").write_text(command.text)
        done = subprocess.run(
            ["sh", folder / "command"],
            stdin=subprocess.DEVNULL,
            env={"PATH": f"{folder}:{os.environ['PATH']}", **variables},
            capture_output=True,
            check=True,
        )
        assert not done.stderr
        words, _sign, piped = done.stdout.partition(b"STDIN\0")
        return [word.decode() for word in words.split(b"\0")[:-1]], piped

    return run


def values(words, option):
    return [words[at + 1] for at, word in enumerate(words) if word == option]


def test_a_command_as_people_read_it():
    exchange = asked(
        url="https://c.test/people?phone=%2B1415",
        headers=(("Authorization", "[REDACTED]"), ("Accept", "*/*"), ("User-Agent", "x")),
    )
    assert curl_command(exchange).text == (
        "# Set AUTHORIZATION first: secrets are not kept.\n"
        "curl 'https://c.test/people?phone=%2B1415' \\\n"
        "  --header 'Authorization: '\"$AUTHORIZATION\" \\\n"
        "  --header 'Accept: */*' \\\n"
        "  --header 'User-Agent: x'"
    )


def without_secrets(texts):
    """The mark of a removed secret becomes a variable; hypothesis finds it in the source."""
    return texts.filter(lambda text: redact.REDACTED not in text)


CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXT = without_secrets(st.text(CHARACTERS, max_size=60))
LINE = without_secrets(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
NAME = st.from_regex(r"[A-Za-z][A-Za-z0-9\-']{0,12}", fullmatch=True)


@given(url=LINE, headers=st.lists(st.tuples(NAME, LINE), max_size=4), body=TEXT)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_was_sent_reaches_curl_unchanged(run, url, headers, body):
    headers = [(f"X-{name}", value) for name, value in headers]
    exchange = asked(
        method="PUT",
        url=f"https://c.test/{url}",
        headers=tuple(headers),
        body=Body(text=body, size=1, mime_type="text/plain"),
    )
    words, piped = run(curl_command(exchange))
    assert words[:3] == ["--request", "PUT", f"https://c.test/{url}"]
    sent = [text for text in values(words, "--header") if text.startswith("X-")]
    assert sent == [
        f"{name}: {value.strip()}" if value.strip() else f"{name};" for name, value in headers
    ]
    data = [*values(words, "--data-binary"), *values(words, "--data-raw")]
    assert (piped.decode() if data == ["@-"] and piped else data[0]) == body


@pytest.mark.parametrize("text", ["@/etc/passwd", "=ls", "-o x", "a\nb", "~", "!!", "'", "\\"])
def test_no_body_means_anything_to_the_shell_or_to_curl(run, text):
    words, _piped = run(curl_command(posted(text, "text/plain")))
    option = "--data-raw" if text.startswith("@") else "--data-binary"
    assert words[-2:] == [option, text]


@pytest.mark.parametrize(
    "data", [b"\x00\xff\x1b[201~rm", bytes(range(256)) * 40], ids=["keys", "all bytes"]
)
def test_a_binary_body_is_piped_in(run, data):
    encoded = base64.b64encode(data).decode()
    words, piped = run(curl_command(posted(encoded, encoding="base64")))
    assert (words[-2:], piped) == (["--data-binary", "@-"], data)


def test_text_with_keys_of_a_terminal_in_it_is_piped_in_too(run):
    words, piped = run(curl_command(posted("a\x1b[201~\nid\n", "text/plain")))
    assert (words[-2:], piped) == (["--data-binary", "@-"], b"a\x1b[201~\nid\n")


def test_a_body_too_long_for_an_argument_is_piped_in(run):
    text = "ü'" * LONGEST_ARGUMENT
    words, piped = run(curl_command(posted(text)))
    assert (words[-2:], piped.decode()) == (["--data-binary", "@-"], text)


REDACTED = asked(
    method="POST",
    url="https://c.test/s?api_key=[REDACTED]&a=1",
    headers=(("Authorization", "[REDACTED]"), ("X-Trace", "a[REDACTED]b")),
    body=Body(text='{"token": "[REDACTED]", "n": 1}', size=1, mime_type="application/json"),
)


def test_variables_stand_in_for_secrets_and_the_first_line_names_them(run):
    command = curl_command(REDACTED)
    first = command.text.splitlines()[0]
    assert first == "# Set API_KEY, AUTHORIZATION, SECRET, TOKEN first: secrets are not kept."
    words, _piped = run(command, API_KEY="k", AUTHORIZATION="Basic x y", SECRET="$(id)", TOKEN="t")
    assert words[2] == "https://c.test/s?api_key=k&a=1"
    assert values(words, "--header")[:2] == ["Authorization: Basic x y", "X-Trace: a$(id)b"]
    assert values(words, "--data-binary") == ['{"token": "t", "n": 1}']


def test_known_secrets_are_written_out_as_they_go_on_the_wire(run):
    command = curl_command(REDACTED, SECRETS.get)
    assert command.filled == ("api_key", "Authorization", "token")
    assert command.open == ("SECRET",)
    assert "# Holds secrets: share it with nobody." in command.text
    words, _piped = run(command, SECRET="s")
    assert words[2] == "https://c.test/s?api_key=k%22%26%3D&a=1"
    assert values(words, "--header")[0] == "Authorization: Basic a'$(id)b"
    assert values(words, "--data-binary") == ['{"token": "t", "n": 1}']


def test_a_form_holds_its_secret_encoded(run):
    form = posted("a=1&api_key=[REDACTED]", "application/x-www-form-urlencoded")
    words, _piped = run(curl_command(form, SECRETS.get))
    assert values(words, "--data-binary") == ["a=1&api_key=k%22%26%3D"]


@pytest.mark.parametrize("name", ["PATH", "pwd", "IFS"])
def test_no_secret_takes_the_name_of_a_variable_of_the_shell(name):
    command = curl_command(asked(headers=((name, "[REDACTED]"),)))
    assert command.open == ("SECRET",)


def test_a_routed_request_goes_where_it_went(run):
    exchange = asked(
        url="https://c.test/a\nb",
        routed_to="http://127.0.0.1:1/a",
        headers=(("Host", "c.test"),),
    )
    command = curl_command(exchange)
    assert "# Asked for https://c.test/a b, which a route sent elsewhere." in command.text
    words, _piped = run(command)
    assert words[0] == "http://127.0.0.1:1/a"
    assert not any(text.startswith("Host") for text in words)


def test_a_body_that_was_packed_is_sent_unpacked(run):
    headers = (("Content-Encoding", "gzip"), ("Accept", "*/*"), ("User-Agent", "a"))
    command = curl_command(posted('{"a": 1}', headers=headers))
    words, _piped = run(command)
    assert not any("gzip" in word for word in words)
    assert "unpacked" in command.text.splitlines()[0]


def test_what_is_not_whole_is_said():
    cut = curl_command(posted("abc", truncated=True))
    assert "# Only the beginning of the body's 1 bytes is here." in cut.text
    secret = curl_command(posted("[REDACTED]", encoding="base64"))
    assert "# The body is left out: a secret stood inside binary data." in secret.text


def test_an_imported_file_cannot_make_curl_read_or_write_files(run):
    with pytest.raises(CurlError, match="http and https only; this is file:///etc/passwd"):
        curl_command(asked(url="file:///etc/passwd"))
    odd = asked(
        method="-o",
        url="http://c.test/[1-9]/../x",
        headers=(("@/etc/passwd", "x"), (":path", "/"), ("A", "b\r\nC: d")),
    )
    words, _piped = run(curl_command(odd))
    assert words[:2] == ["--request", "-o"]
    assert {"--globoff", "--path-as-is"} <= set(words)
    assert values(words, "--header") == ["A: b  C: d", "Accept:", "User-Agent:"]


class Echo(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.seen = (
            self.path,
            self.rfile.read(int(self.headers.get("Content-Length", 0))),
            dict(self.headers),
        )
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words):
        pass


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
@pytest.mark.parametrize("text", ["@x", "a=1\r\n&b='\"", "", "\x00\x01"])
def test_the_real_curl_sends_the_same(text):
    server = HTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    exchange = asked(
        method="POST",
        url="https://c.test/p/../q?[a]={b}",
        routed_to=f"http://127.0.0.1:{server.server_port}/p/../q?[a]={{b}}",
        headers=(("X-Empty", ""), ("Accept-Encoding", "gzip"), ("Content-Length", "99")),
        body=Body(text=text, size=1) if text else None,
    )
    subprocess.run(["sh", "-c", curl_command(exchange).text], check=True, capture_output=True)
    thread.join()
    server.server_close()
    path, body, headers = server.seen
    assert (path, body) == ("/p/../q?[a]={b}", text.encode())
    assert headers["X-Empty"] == ""
    assert set(headers) == {"Host", "X-Empty", "Accept-Encoding", "Content-Length"}
