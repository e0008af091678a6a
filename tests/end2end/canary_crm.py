"""A CRM over real HTTP on loopback that answers with secrets of its own."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.end2end.connectors.canary import canary

PERSON = {"id": 7, "name": "Ada Lovelace", "phone": "+16505551234"}


class CanaryCrm:
    def __init__(self, key):
        self.seen = []
        crm = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                crm.seen += [self.path, str(self.headers), body]
                status, mime, text = 200, "application/json", "[]"
                if self.path.startswith("/people"):
                    answer = {"access_token": canary("answer"), "key": key, "people": [PERSON]}
                    text = json.dumps(answer)
                elif self.path.startswith("/broken"):
                    status, mime = 500, "text/html"
                    text = (
                        f"<form><input name='csrf_token' value='{canary('field')}'></form>"
                        f"<p>Bad key {key} of Ada Lovelace, token={canary('page')}</p>"
                    )
                self.send_response(status)
                self.send_header("Content-Type", mime)
                self.send_header("Content-Length", str(len(text)))
                self.send_header("Set-Cookie", f"sid={canary('setcookie')}; Path=/; HttpOnly")
                self.end_headers()
                self.wfile.write(text.encode())

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
