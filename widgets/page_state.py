"""What a page shows, as plain data. No Qt in here: ``app`` makes it, the widgets draw it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Direction = Literal["inbound", "outbound"]


@dataclass(frozen=True)
class ContactChoice:
    """One entry of the contact drop-down: a name over ``<type> - <id>``."""

    key: str
    name: str
    sub_label: str = ""


@dataclass(frozen=True)
class FieldState:
    """One additional field. `value` is a bool for a checkbox, an option's key or text otherwise."""

    const: str
    title: str
    kind: Literal["selection", "checkbox", "inputField", "warning"]
    value: Any = ""
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    allow_custom_value: bool = False
    description: str = ""
    placeholder: str = ""


@dataclass(frozen=True)
class LogPageState:
    """Everything the log page shows (``contact-flow.md`` 1.5).

    `problems` maps a field's name (``newContactName``, ``newContactType``, a const) to a sentence.
    """

    heading: str
    save_label: str
    direction: Direction
    missed: bool
    number_text: str
    result_text: str
    duration_text: str
    time_text: str
    contacts: tuple[ContactChoice, ...]
    selected: str
    contact_locked: bool = False
    banner: str = ""
    shows_new_contact: bool = False
    new_name: str = ""
    new_name_required: bool = False
    new_type: str = ""
    new_types: tuple[tuple[str, str], ...] = ()
    title: str = ""
    note: str = ""
    fields: tuple[FieldState, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    busy: bool = False


@dataclass(frozen=True)
class CallRow:
    """One row of the call history."""

    session_id: str
    direction: Direction
    missed: bool
    title: str
    number: str
    duration_text: str
    when_text: str
    logged: bool = False
    matched: bool = False


@dataclass(frozen=True)
class CallCardState:
    """The call in progress. `ringing` shows Answer (inbound) beside Hang up."""

    direction: Direction
    title: str
    number_text: str
    status_text: str
    duration_text: str = ""
    ringing: bool = False


@dataclass(frozen=True)
class SearchResult:
    """One hit of the search by name."""

    key: str
    name: str
    sub_label: str = ""
    phone: str = ""


@dataclass(frozen=True)
class AuthFieldState:
    """One field of the page on which a user connects. A `secret` is not shown while typed."""

    const: str
    title: str
    required: bool = False
    secret: bool = False
    placeholder: str = ""
    value: str = ""


@dataclass(frozen=True)
class ConnectionValues:
    """What the connection dialog holds.

    Attributes:
        connector: a built-in connector's name, or the path of a connector.
        auth: the auth page's fields by const.
        account, config: lines ``NAME=VALUE``; routes: lines ``HOST=URL``.
    """

    name: str = ""
    connector: str = ""
    hostname: str = ""
    auth: dict[str, str] = field(default_factory=dict)
    account: str = ""
    routes: str = ""
    config: str = ""
    timeout_s: int = 30
