"""The sandbox's web page: people, calls, delays and faults. Works without JavaScript."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from app.sandbox.control import apply_control
from app.sandbox.edit import (
    entity_of,
    name_of,
    phone_fields,
    phones_of,
    remove_person,
    save_person,
)
from app.sandbox.errors import SandboxError
from app.sandbox.faults import SandboxSettings
from app.sandbox.page_style import CONTENT_SECURITY_POLICY, STYLE
from app.sandbox.schema import (
    ENTITIES,
    INSIGHTLY_LINKS,
    PLATFORMS,
    Entity,
    people_entities,
)
from app.sandbox.store import Record, Store

PAGE_SIZE = 50
MAX_FORM_BYTES = 100_000
TITLES = {"insightly": "Insightly", "bullhorn": "Bullhorn"}


def visible(text: str) -> str:
    """Return HTML of `text` in which invisible characters show as ``<U+202A>``."""
    shown = ""
    for place, sign in enumerate(text):
        edge = sign == " " and place in {0, len(text) - 1}
        hidden = unicodedata.category(sign) in {"Cf", "Cc", "Zl", "Zp"}
        if hidden or edge or (sign != " " and unicodedata.category(sign) == "Zs"):
            shown += f'<span class="code">&lt;U+{ord(sign):04X}&gt;</span>'
        else:
            shown += escape(sign)
    return shown


def page_routes(store: Store, settings: SandboxSettings) -> list[Route]:
    """Return the routes of the page and its forms."""
    page = _Page(store, settings)
    return [
        Route("/", page.people, methods=["GET"]),
        Route("/people/{platform}", page.people, methods=["GET"]),
        Route("/people/{platform}/save", page.save, methods=["POST"]),
        Route("/people/{platform}/new", page.edit, methods=["GET"]),
        Route("/people/{platform}/{type}/{id:int}", page.edit, methods=["GET"]),
        Route("/people/{platform}/{type}/{id:int}/delete", page.delete, methods=["POST"]),
        Route("/calls/{platform}", page.calls, methods=["GET"]),
        Route("/faults", page.faults, methods=["GET"]),
        Route("/faults", page.set_faults, methods=["POST"]),
    ]


def _shows_problems(
    handler: Callable[[_Page, Request], Awaitable[Response]],
) -> Callable[[_Page, Request], Awaitable[Response]]:
    async def guarded(self: _Page, request: Request) -> Response:
        try:
            return await handler(self, request)
        except SandboxError as problem:
            platform = request.path_params.get("platform", PLATFORMS[0])
            text = f'<p class="problem" role="alert">{escape(str(problem))}</p>'
            text += '<p><a href="/">Back to the list</a></p>'
            return _answer("Not done", platform, text, status=400)

    return guarded


class _Page:
    def __init__(self, store: Store, settings: SandboxSettings) -> None:
        self._store = store
        self._settings = settings

    @_shows_problems
    async def people(self, request: Request) -> Response:
        platform = request.path_params.get("platform", PLATFORMS[0])
        entity_of(platform, None)
        text = request.query_params.get("q", "")
        number = _page_number(request)
        kinds = {kind.name: kind for kind in people_entities(platform)}
        found, total = self._store.page(
            platform, kinds, text=text, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
        )
        rows = "".join(_row(platform, kinds[record.entity], record) for record in found)
        body = (
            f'<form class="bar" action="/people/{platform}">'
            f'<label>Search <input type="search" name="q" value="{escape(text)}"></label>'
            f'<button>Search</button><a class="button" href="/people/{platform}/new">'
            "Add contact</a></form>"
            f"<p>{total} people</p><table><thead><tr><th>Name<th>Type<th>Phones as stored"
            f"<th>Id<th></tr></thead><tbody>{rows}</tbody></table>"
            f"{_pager(platform, text, number, total)}"
        )
        return _answer("People", platform, body)

    @_shows_problems
    async def edit(self, request: Request) -> Response:
        platform = request.path_params["platform"]
        record_id = request.path_params.get("id")
        kind = entity_of(
            platform, request.path_params.get("type") or request.query_params.get("type")
        )
        name, phones = "", dict[str, str]()
        if record_id is not None:
            record = self._store.get(platform, kind.name, record_id)
            if record is None:
                raise SandboxError(f"There is no {kind.contact_type} {record_id}.")
            name, phones = name_of(record), phones_of(platform, record, kind)
        return _answer(
            "Edit contact" if record_id is not None else "Add contact",
            platform,
            _person_form(platform, kind, record_id, name, phones),
        )

    @_shows_problems
    async def save(self, request: Request) -> Response:
        platform = request.path_params["platform"]
        form = await _form(request)
        kind = entity_of(platform, form.get("type"))
        identifier = form.get("id", "")
        if identifier and not identifier.isdecimal():
            raise SandboxError("The record's id is not a number.")
        record_id = int(identifier) if identifier else None
        # A new person's form shows the fields of all types; only those of the chosen one count.
        fields = phone_fields(platform, kind)
        phones = {field: form[f"phone.{field}"] for field in fields if f"phone.{field}" in form}
        save_person(self._store, platform, kind, form.get("name", ""), phones, record_id)
        return RedirectResponse(f"/people/{platform}", status_code=303)

    @_shows_problems
    async def delete(self, request: Request) -> Response:
        platform = request.path_params["platform"]
        kind = entity_of(platform, request.path_params["type"])
        remove_person(self._store, platform, kind, request.path_params["id"])
        return RedirectResponse(f"/people/{platform}", status_code=303)

    @_shows_problems
    async def calls(self, request: Request) -> Response:
        platform = request.path_params["platform"]
        entity_of(platform, None)
        entity = "events" if platform == "insightly" else "Note"
        number = _page_number(request)
        found, total = self._store.page(
            platform, [entity], limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
        )
        rows = ""
        for record in found:
            title = record.data.get("TITLE") or record.data.get("action") or "Note"
            text = record.data.get("DETAILS") or record.data.get("comments") or ""
            people = ", ".join(self._linked(record)) or "nobody"
            start = str(record.data.get("START_DATE_UTC") or "")
            rows += (
                f"<tr><td>{record.id}<td>{visible(str(title))}<td>{escape(start)}"
                f"<td>{escape(people)}<td><pre>{escape(str(text))}</pre></tr>"
            )
        body = (
            f"<p>{total} logged calls</p><table><thead><tr><th>Id<th>Title<th>Start (UTC)"
            f"<th>Linked to<th>Text</tr></thead><tbody>{rows}</tbody></table>"
        )
        return _answer("Calls", platform, body)

    def _linked(self, call: Record) -> list[str]:
        if call.platform == "insightly":
            targets = [
                (str(link["LINK_OBJECT_NAME"]), INSIGHTLY_LINKS[link["LINK_OBJECT_NAME"]],
                 int(link["LINK_OBJECT_ID"]))
                for link in call.data.get("LINKS") or ()
            ]  # fmt: skip
        else:
            lists = {"clientContacts": "ClientContact", "candidates": "Candidate", "leads": "Lead"}
            targets = [
                (ENTITIES["bullhorn"][entity].contact_type, entity, int(person["id"]))
                for field, entity in lists.items()
                for person in (call.data.get(field) or {}).get("data", ())
            ]
        shown = []
        for label, entity, record_id in targets:
            record = self._store.get(call.platform, entity, record_id)
            name = "deleted" if record is None else name_of(record) or _other_name(record)
            shown.append(f"{label} {name} ({record_id})")
        return shown

    async def faults(self, _request: Request) -> Response:
        return self._fault_page("")

    async def set_faults(self, request: Request) -> Response:
        try:
            form = await _form(request)
            change: dict[str, object] = {
                "delayMs": int(form.get("delayMs") or 0),
                "indexDelayS": float(form.get("indexDelayS") or 0),
                "faults": form.get("faults", "").splitlines(),
            }
            apply_control(self._store, self._settings, change)
        except SandboxError as problem:
            return self._fault_page(str(problem), status=400)
        except ValueError:
            return self._fault_page("The delays must be numbers, such as 250.", status=400)
        return RedirectResponse("/faults", status_code=303)

    def _fault_page(self, problem: str, *, status: int = 200) -> Response:
        rules = "\n".join(rule.text for rule in self._settings.rules)
        alert = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
        left = "".join(
            f"<li><code>{escape(rule.text)}</code> {rule.left} more"
            for rule in self._settings.rules
            if rule.left is not None
        )
        body = (
            f'{alert}<form class="fields" method="post" action="/faults">'
            '<label>Delay of every CRM request, ms <input name="delayMs" inputmode="numeric" '
            f'value="{self._settings.delay_ms}"></label>'
            "<label>Index delay: seconds until a search finds what was written "
            f'<input name="indexDelayS" inputmode="decimal" value="{self._store.index_delay_s:g}">'
            "</label><label>Faults, one rule a line "
            f'<textarea name="faults" rows="6">{escape(rules)}</textarea></label>'
            "<p><code>[PLATFORM][/path-part]=KIND[:ARG][xN]</code>, for example "
            "<code>insightly/contacts/search=429</code> or <code>=500x2</code>. Kinds: a status, "
            "broken-json, html, empty, cut, redirect:URL, slow:MS, big:MB.</p>"
            f"<button>Apply</button></form><ul>{left}</ul>"
        )
        return _answer("Delays and faults", "", body, status=status)


def _row(platform: str, kind: Entity, record: Record) -> str:
    path = f"/people/{platform}/{kind.contact_type}/{record.id}"
    phones = "<br>".join(
        f"<small>{escape(field)}</small> {visible(text)}"
        for field, text in phones_of(platform, record, kind).items()
    )
    marks = [
        word
        for word, fits in (
            ("converted", record.data.get("CONVERTED") or record.data.get("status") == "Converted"),
            ("deleted", record.data.get("isDeleted")),
        )
        if fits
    ]
    mark = "".join(f' <span class="mark">{word}</span>' for word in marks)
    name = escape(name_of(record)) or "(no name)"
    return (
        f'<tr><td><a href="{path}">{name}</a>{mark}<td>{kind.contact_type}<td>{phones}'
        f'<td>{record.id}<td><form method="post" action="{path}/delete">'
        f'<button aria-label="Delete {name}">Delete</button></form></tr>'
    )


def _person_form(
    platform: str, kind: Entity, record_id: int | None, name: str, phones: dict[str, str]
) -> str:
    if record_id is None:
        kinds = people_entities(platform)
        options = "".join(
            f"<option{' selected' if one == kind else ''}>{one.contact_type}</option>"
            for one in kinds
        )
        chosen = f'<label>Type <select name="type">{options}</select></label>'
        fields = list(dict.fromkeys(f for one in kinds for f in phone_fields(platform, one)))
    else:
        chosen = (
            f'<input type="hidden" name="type" value="{kind.contact_type}">'
            f'<input type="hidden" name="id" value="{record_id}">'
            f"<p>{kind.contact_type} {record_id}</p>"
        )
        fields = list(phone_fields(platform, kind))
    inputs = "".join(
        f'<label>{escape(field)} <input name="phone.{escape(field)}" autocomplete="off" '
        f'value="{escape(phones.get(field, ""))}"></label>'
        for field in fields
    )
    return (
        f'<form class="fields" method="post" action="/people/{platform}/save">{chosen}'
        f'<label>Name <input name="name" required autocomplete="off" value="{escape(name)}">'
        "</label>"
        f"{inputs}<p>Numbers are stored to the character, as typed.</p>"
        "<button>Save</button></form>"
    )


def _pager(platform: str, text: str, number: int, total: int) -> str:
    last = max(1, -(-total // PAGE_SIZE))
    parts = [f"Page {number} of {last}"]
    for label, target in (("Previous", number - 1), ("Next", number + 1)):
        if 1 <= target <= last:
            query = escape(urlencode({"q": text, "page": target}))
            parts.append(f'<a href="/people/{platform}?{query}">{label}</a>')
    return f'<nav class="bar">{" ".join(parts)}</nav>'


def _answer(title: str, platform: str, body: str, *, status: int = 200) -> Response:
    links = "".join(
        f'<a href="/{place}/{name}"{_current(name == platform and wanted == title)}>'
        f"{TITLES[name]} {place}</a>"
        for name in PLATFORMS
        for place, wanted in (("people", "People"), ("calls", "Calls"))
    )
    links += f'<a href="/faults"{_current(title == "Delays and faults")}>Delays and faults</a>'
    heading = f"{TITLES[platform]}: {title.lower()}" if platform in TITLES else title
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(heading)} - '
        'Callbench sandbox</title><meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}</style></head><body><header><strong>Callbench sandbox</strong>"
        f"<nav>{links}</nav></header><main><h1>{escape(heading)}</h1>{body}</main></body></html>"
    )
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(html, status_code=status, headers=headers)


def _current(is_current: bool) -> str:
    return ' aria-current="page"' if is_current else ""


def _other_name(record: Record) -> str:
    names: list[Any] = [v for k, v in record.data.items() if k.endswith("_NAME")]
    return str(names[0]) if names else "(no name)"


def _page_number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


async def _form(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise SandboxError("The form is too long.")
    text = body.decode("utf-8", errors="replace")
    return dict(parse_qsl(text, keep_blank_values=True))
