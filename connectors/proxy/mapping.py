"""What an operation returns, read from an answer by the paths of its mapping.

Defaults are those of connectors.md 4.9. Values keep their type, whatever the CRM sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from connectors.contract.errors import UnexpectedResponseError
from connectors.proxy.config import (
    ContactMapping,
    IdMapping,
    ItemMapping,
    ListMapping,
    LogMapping,
    UserMapping,
)
from connectors.proxy.template import get_by_path, is_true, js_text, plain


def message(text: str, ttl: int, message_type: str = "success") -> dict[str, Any]:
    """Return a ``returnMessage``."""
    return {"messageType": message_type, "message": text, "ttl": ttl}


def contacts(body: Any, mapping: ListMapping | None, what: str) -> list[dict[str, Any]]:
    """Return the contacts of an answer; without a mapping there are none.

    Raises:
        UnexpectedResponseError: something that is no list stands where the list is expected.
    """
    if mapping is None:
        return []
    path = mapping.list_path or "body"
    rows = get_by_path({"body": body}, path)
    if not is_true(rows):
        return []
    if not isinstance(rows, list):
        kind = "an object" if isinstance(rows, dict) else f"the value {js_text(rows)[:60]!r}"
        raise UnexpectedResponseError(
            f"{what} failed: {kind} stands at {path} where a list is needed, check listPath."
        )
    return [_contact(row, mapping.item or ItemMapping()) for row in rows]


def created_contact(body: Any, mapping: ContactMapping | None) -> dict[str, Any] | None:
    """Return the created contact, None without an ``idPath``."""
    if mapping is None or not mapping.id_path:
        return None
    answer = {"body": body}
    kind = get_by_path(answer, mapping.type_path or "body.type")
    contact = {
        "id": get_by_path(answer, mapping.id_path),
        "name": get_by_path(answer, mapping.name_path or "body.name"),
        "type": kind if is_true(kind) else "Contact",
    }
    return _plain(contact)


def log_id(body: Any, mapping: IdMapping | None) -> str | None:
    """Return the id of a written call log as text, None without one."""
    if mapping is None:
        return None
    found = get_by_path({"body": body}, mapping.id_path or "body.id")
    return js_text(found) if is_true(found) else None


def call_log(body: Any, mapping: LogMapping | None) -> dict[str, Any]:
    """Return a call log as the CRM has it."""
    mapping = mapping or LogMapping()
    answer = {"body": body}
    return _plain(
        {
            "subject": get_by_path(answer, mapping.subject_path or "body.subject"),
            "note": get_by_path(answer, mapping.note_path or "body.note"),
            "fullBody": get_by_path(answer, mapping.full_body_path or "body.note"),
            "fullLogResponse": body,
        }
    )


def user_info(
    body: Any, mapping: UserMapping | None, inputs: Mapping[str, Any], platform: str
) -> tuple[dict[str, Any], str]:
    """Return who is connected, and the sentence for the user.

    A ``password`` of the sign-in page is not kept.
    """
    mapping = mapping or UserMapping()
    answer = {**inputs, "body": body}

    def at(path: str | None) -> Any:
        return get_by_path(answer, path) if path else UNSET

    own_id = at(mapping.id_path)
    info: dict[str, Any] = {
        "id": f"{js_text(own_id)}-{platform}",
        "name": at(mapping.name_path) if mapping.name_path else own_id,
    }
    for key, path in (
        ("timezoneName", mapping.timezone_name_path),
        ("overridingApiKey", mapping.overriding_api_key_path),
    ):
        if is_true(at(path)):
            info[key] = at(path)
    given = inputs.get("additionalInfo")
    kept = dict(given) if isinstance(given, dict) else {}
    if is_true(kept.get("password", UNSET)):
        del kept["password"]
    for key, path in (mapping.platform_additional_info_paths or {}).items():
        kept[key] = get_by_path(answer, path)
    if kept:
        info["platformAdditionalInfo"] = kept
    said = at(mapping.message_path)
    return _plain(info), js_text(said) if is_true(said) else f"Connected to {platform}."


def _contact(row: Any, item: ItemMapping) -> dict[str, Any]:
    def at(path: str | None, default: str, otherwise: Any) -> Any:
        found = get_by_path(row, path or default)
        return found if is_true(found) else otherwise

    return _plain(
        {
            "id": get_by_path(row, item.id_path or "id"),
            "name": at(item.name_path, "name", ""),
            "phone": at(item.phone_path, "phone", UNSET),
            "type": at(item.type_path, "type", "Contact"),
            "title": at(item.title_path, "title", ""),
            "company": at(item.company_path, "company", ""),
            "createdDate": at(item.created_date_path, "createdDate", UNSET),
            "mostRecentActivityDate": at(
                item.most_recent_activity_date_path, "mostRecentActivityDate", UNSET
            ),
            "additionalInfo": at(item.additional_info_path, "additionalInfo", None),
        }
    )


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object as JSON takes it."""
    made: dict[str, Any] = plain(value)
    return made
