"""A CRM of a few people, over real HTTP on loopback, for connectors that the tests write."""

import json
import time
from urllib.parse import parse_qs, urlsplit

from tests.loopback_crm import LoopbackCrm

KNOWN = "+16505551234"


class ToyCrm(LoopbackCrm):
    """Searches people by any field, exactly; what it does not know it answers with nothing.

    Each answer takes a few milliseconds, as of a CRM next door, so that waiting can be told.
    """

    DELAY_S = 0.01
    SLOW_S = 0.06

    def __init__(self):
        self.people = [
            {"id": 7, "name": "Ada Lovelace", "phone": KNOWN, "created": "2026-08-01T09:30:00Z"}
        ]
        super().__init__()

    def answer(self, method, target, _headers, body):
        status, answer = self._answer(method, target, body)
        return status, {"Content-Type": "application/json"}, json.dumps(answer).encode()

    def _answer(self, method, target, body):
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
