"""The additional fields of the log page (contact-flow 1.5, field table)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from connectors.contract.manifest import Field
from connectors.contract.model import Contact, User
from widgets.page_state import FieldState

NONE_KEY = "none"
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """For whom the fields are built: the selected contact and, for a new one, its type."""

    contact: Contact | None
    new_type: str = ""

    @property
    def is_new(self) -> bool:
        """Whether the entry "Create new contact..." is selected."""
        return self.contact is not None and self.contact.is_new_contact

    @property
    def info(self) -> dict[str, Any]:
        """The contact's additional info."""
        info = self.contact.additional_info if self.contact else None
        return info if isinstance(info, dict) else {}


def is_shown(field: Field, choice: Choice) -> bool:
    """Return whether a field is on the page for this contact."""
    match field.type:
        case "selection":
            return options_of(field, choice) is not None
        case "checkbox":
            return field.const in choice.info
        case "inputField":
            # Inverted: a contact that brings a value hides the field.
            return not choice.info.get(field.const)
        case _:
            return True


def options_of(field: Field, choice: Choice) -> Options | None:
    """Return the options of a selection, None when this contact has no such list."""
    listed: Any = choice.info.get(field.const)
    if choice.is_new and field.contact_type_dependent:
        per_type = choice.info.get(choice.new_type)
        listed = per_type.get(field.const) if isinstance(per_type, dict) else None
    elif field.const not in choice.info and not field.options:
        return None
    if isinstance(listed, list | tuple):
        options = tuple(_option(entry) for entry in listed)
        known = tuple(option for option in options if option is not None)
    elif field.options:
        known = tuple((option.const, option.title or option.const) for option in field.options)
    elif choice.is_new and field.contact_type_dependent:
        return None
    else:
        known = ()
    if field.include_none_option and all(key != NONE_KEY for key, _ in known):
        known = (*known, (NONE_KEY, "None"))
    return known


def with_value(options: Options, value: Any) -> Options:
    """Return the options with a value that they do not hold appended."""
    text = str(value) if value not in (None, "") else ""
    if not text or any(key == text for key, _ in options):
        return options
    return (*options, (text, text))


def first_value(field: Field, options: Options, disposition: Any) -> Any:
    """Return what a field starts with: the stored disposition, else its default."""
    match field.type:
        case "selection":
            if disposition not in (None, ""):
                return str(disposition)
            return options[0][0] if options else ""
        case "checkbox":
            return bool(disposition if disposition is not None else field.default_value)
        case "inputField":
            value = disposition if disposition is not None else field.default_value
            return "" if value is None else str(value)
        case _:
            return ""


def setting_value(field: Field, case: str, user: User | None) -> Any | None:
    """Return the user's default for a field, None when there is none.

    Args:
        field: names the setting per case.
        case: ``inboundCall`` or ``outboundCall``.
        user: whose settings.
    """
    named = (field.default_setting_values or {}).get(case)
    item_id = named.get("settingId") if isinstance(named, dict) else None
    return user.setting(str(item_id)) if user is not None and item_id else None


def problem_of(field: Field, options: Options, value: Any) -> str:
    """Return what is wrong with a value in one sentence, empty when nothing is."""
    name = field.title or field.const
    if field.type == "inputField" and value and field.pattern and not _fits(field.pattern, value):
        return f"Wrong format: {name}"
    if not field.required or field.type in ("checkbox", "warning") or value not in (None, ""):
        return ""
    if field.type == "selection" and not options and not field.allow_custom_value:
        return ""  # Nothing can be chosen, so nothing can be asked for.
    return f"{name} is required."


def field_state(field: Field, options: Options, value: Any) -> FieldState:
    """Return a field as the page draws it."""
    return FieldState(
        const=field.const,
        title=field.title or field.const,
        kind=field.type,
        value=value,
        required=field.required,
        options=with_value(options, value) if field.type == "selection" else (),
        allow_custom_value=field.allow_custom_value,
        description=field.description,
        placeholder=field.placeholder,
    )


def submitted(field: Field, value: Any) -> bool:
    """Return whether a value is sent: it is set and not ``none`` (contact-flow 1.6 step 1)."""
    return field.type != "warning" and bool(value) and value != NONE_KEY


def _fits(pattern: str, value: Any) -> bool:
    try:
        return re.search(pattern, str(value)) is not None
    except re.error:
        return True  # A pattern that cannot be read must not stop the user.


def _option(entry: Any) -> tuple[str, str] | None:
    if isinstance(entry, dict):
        key = entry.get("const")
        if isinstance(key, str | int | float):
            return str(key), str(entry.get("title") or key)
        return None
    return (str(entry), str(entry)) if isinstance(entry, str | int | float) else None
