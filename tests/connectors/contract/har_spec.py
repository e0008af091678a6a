"""The HAR 1.2 specification as a table, and what holds a file against it.

Names that begin with an underscore are additions, which the specification allows anywhere.
"""

import re

TEXT, NUMBER, FLAG = str, (int, float), bool
DATE, SIZE, TIME = "date", "size", "time"

PARTS = {
    "log": {
        "version": TEXT, "creator": "program", "browser?": "program", "pages?": ["page"],
        "entries": ["entry"],
    },
    "program": {"name": TEXT, "version": TEXT},
    "page": {"startedDateTime": DATE, "id": TEXT, "title": TEXT, "pageTimings": "pageTimings"},
    "pageTimings": {"onContentLoad?": TIME, "onLoad?": TIME},
    "entry": {
        "pageref?": TEXT, "startedDateTime": DATE, "time": NUMBER, "request": "request",
        "response": "response", "cache": "cache", "timings": "timings", "serverIPAddress?": TEXT,
        "connection?": TEXT,
    },
    "request": {
        "method": TEXT, "url": TEXT, "httpVersion": TEXT, "cookies": ["cookie"],
        "headers": ["pair"], "queryString": ["pair"], "postData?": "postData", "headersSize": SIZE,
        "bodySize": SIZE,
    },
    "response": {
        "status": NUMBER, "statusText": TEXT, "httpVersion": TEXT, "cookies": ["cookie"],
        "headers": ["pair"], "content": "content", "redirectURL": TEXT, "headersSize": SIZE,
        "bodySize": SIZE,
    },
    "cookie": {
        "name": TEXT, "value": TEXT, "path?": TEXT, "domain?": TEXT, "expires?": DATE,
        "httpOnly?": FLAG, "secure?": FLAG,
    },
    "pair": {"name": TEXT, "value": TEXT},
    "postData": {"mimeType": TEXT, "params?": ["param"], "text?": TEXT},
    "param": {"name": TEXT, "value?": TEXT, "fileName?": TEXT, "contentType?": TEXT},
    "content": {
        "size": SIZE, "compression?": NUMBER, "mimeType": TEXT, "text?": TEXT, "encoding?": TEXT,
    },
    "cache": {"beforeRequest?": "stored", "afterRequest?": "stored"},
    "stored": {"expires?": DATE, "lastAccess": DATE, "eTag": TEXT, "hitCount": NUMBER},
    "timings": {
        "blocked?": TIME, "dns?": TIME, "connect?": TIME, "send": TIME, "wait": TIME,
        "receive": TIME, "ssl?": TIME,
    },
}  # fmt: skip

ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)")


def problems(data):
    """Return everything in a decoded file that breaks the specification, with its place."""
    if set(data) != {"log"}:
        return ["the root is not {log}"]
    found = list(_part("log", data["log"], "log"))
    if found:
        return found
    log = data["log"]
    pages = [page["id"] for page in log.get("pages", [])]
    if len(pages) != len(set(pages)):
        found.append("log.pages: ids are not unique")
    if log["version"] != "1.2":
        found.append("log.version is not 1.2")
    for at, entry in enumerate(log["entries"]):
        place = f"log.entries[{at}]"
        if "pageref" in entry and entry["pageref"] not in pages:
            found.append(f"{place}.pageref names no page")
        spent = sum(time for name, time in entry["timings"].items() if name != "ssl" and time != -1)
        if abs(spent - entry["time"]) > 1e-6:
            found.append(f"{place}.time is not the sum of the timings")
        if {"params", "text"} <= set(entry["request"].get("postData", {})):
            found.append(f"{place}.request.postData has both params and text")
    return found


def _part(kind, value, place):
    if not isinstance(value, dict):
        yield f"{place} is no object"
        return
    fields = PARTS[kind] | {"comment?": TEXT}
    for name, wanted in fields.items():
        if name.removesuffix("?") in value:
            yield from _value(wanted, value[name.removesuffix("?")], f"{place}.{name}")
        elif not name.endswith("?"):
            yield f"{place}.{name} is missing"
    known = {name.removesuffix("?") for name in fields}
    for name in value:
        if name not in known and not name.startswith("_"):
            yield f"{place}.{name} is not in the specification"


def _value(wanted, value, place):
    if isinstance(wanted, list):
        if not isinstance(value, list):
            yield f"{place} is no list"
            return
        for at, item in enumerate(value):
            yield from _part(wanted[0], item, f"{place}[{at}]")
    elif wanted in PARTS:
        yield from _part(wanted, value, place)
    elif wanted == DATE:
        if not (isinstance(value, str) and ISO_8601.fullmatch(value)):
            yield f"{place} is no date"
    elif wanted in {SIZE, TIME}:
        kind = int if wanted == SIZE else (int, float)
        if isinstance(value, bool) or not isinstance(value, kind) or (value < 0 and value != -1):
            yield f"{place} is no {wanted}"
    elif not isinstance(value, wanted) or (wanted is NUMBER and isinstance(value, bool)):
        yield f"{place} is of another kind"
