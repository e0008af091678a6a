"""A CRM of a few people, over real HTTP on loopback, for connectors that the tests write."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KNOWN = "+16505551234"


class ToyCrm:
    """Searches people by any field, exactly; what it does not know it answers with nothing.

    Each answer takes a few milliseconds, as of a CRM next door, so that waiting can be told.
    """

    DELAY_S = 0.01
    SLOW_S = 0.06

    def __init__(self):
        self.people = [
            {"id": 7, "name": "Ada Lovelace", "phone": KNOWN, "created": "2026-08-01T09:30:00Z"}
        ]
        crm = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, answer = crm.answer(self.command, self.path, body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_args):
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method, target, body):
        url = urlsplit(target)
        time.sleep(self.SLOW_S if url.path == "/slow" else self.DELAY_S)
        if url.path == "/failing":
            return 500, {"error": "The search is down."}
        if method == "POST" and url.path == "/people":
            number = len(self.people) + 7
            row = {"id": number, "phone": "", "created": "2026-08-02T09:30:00Z"} | json.loads(body)
            self.people.append(row)
            return 200, row
        if method == "POST":
            return 200, {"id": 1}
        if url.path in ("/people", "/slow"):
            wanted = {key: values[0] for key, values in parse_qs(url.query).items()}
            return 200, [
                person
                for person in self.people
                if wanted and all(person.get(key) == value for key, value in wanted.items())
            ]
        if url.path.endswith("/deals"):
            return 200, [{"id": 1, "name": "Big deal"}]
        return 200, []
