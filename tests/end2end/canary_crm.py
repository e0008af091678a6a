"""A CRM over real HTTP on loopback that answers with secrets of its own."""

import json

from tests.end2end.connectors.canary import canary
from tests.loopback_crm import LoopbackCrm

PERSON = {"id": 7, "name": "Ada Lovelace", "phone": "+16505551234"}


class CanaryCrm(LoopbackCrm):
    def __init__(self, key):
        self.key = key
        self.seen = []
        super().__init__()

    def answer(self, _method, target, headers, body):
        self.seen += [target, str(headers), body.decode()]
        status, mime, text = 200, "application/json", "[]"
        if target.startswith("/people"):
            answer = {"access_token": canary("answer"), "key": self.key, "people": [PERSON]}
            text = json.dumps(answer)
        elif target.startswith("/broken"):
            status, mime = 500, "text/html"
            text = (
                f"<form><input name='csrf_token' value='{canary('field')}'></form>"
                f"<p>Bad key {self.key} of Ada Lovelace, token={canary('page')}</p>"
            )
        cookie = f"sid={canary('setcookie')}; Path=/; HttpOnly"
        return status, {"Content-Type": mime, "Set-Cookie": cookie}, text.encode()
