"""HAR files as a browser saves them."""

import json

SECRETS = ("eyJhbGciOi12345678", "0a1b2c3d4e5f6a7b8c9d", "s1d0123456789abcdef")
JWT, BEARER, COOKIE = SECRETS


def browser_entry(number, *, page="page_1", **more):
    found = {"contact": [{"name": f"Zoë {number}"}], "echo": BEARER}
    entry = {
        "_initiator": {"type": "script"},
        "pageref": page,
        "startedDateTime": f"2026-11-24T10:00:{number % 60:02}.500Z",
        "time": 52.5,
        "request": {
            "method": "GET",
            "url": f"https://app.test/contact?jwtToken={JWT}&phoneNumber=%2B1415555{number:04}",
            "httpVersion": "http/2.0",
            "headers": [
                {"name": ":path", "value": f"/contact?jwtToken={JWT}"},
                {"name": "cookie", "value": f"sid={COOKIE}; theme=dark"},
                {"name": "authorization", "value": f"Bearer {BEARER}"},
            ],
            "queryString": [{"name": "jwtToken", "value": JWT}],
            "cookies": [{"name": "sid", "value": COOKIE}],
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": 200,
            "statusText": "",
            "httpVersion": "http/2.0",
            "headers": [{"name": "content-type", "value": "application/json"}],
            "cookies": [],
            "content": {
                "size": 2,
                "mimeType": "application/json",
                "text": json.dumps(found, ensure_ascii=False),
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"blocked": 1, "dns": -1, "send": 0.5, "wait": 50, "receive": 1, "ssl": -1},
    }
    return entry | more


def browser_har(count=3, *, version="1.2", entries=None):
    log = {
        "version": version,
        "creator": {"name": "WebInspector", "version": "537.36"},
        "pages": [
            {
                "startedDateTime": "2026-11-24T10:00:00.000Z",
                "id": "page_1",
                "title": "https://app.test/",
                "pageTimings": {"onLoad": 812.4},
            }
        ],
        "entries": [browser_entry(n) for n in range(count)] if entries is None else entries,
    }
    return json.dumps({"log": log}, ensure_ascii=False).encode()
