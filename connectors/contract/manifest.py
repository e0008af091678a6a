"""A connector's manifest: production's entry under ``platforms`` (``contact-flow.md`` 2.7)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import msgspec

from connectors.contract.model import Wire


class ManifestError(Exception):
    """The manifest cannot be used; the message names the file and the key."""


class ContactType(Wire, frozen=True, kw_only=True):
    """One kind of contact that can be created."""

    value: str
    display: str = ""


class Option(Wire, frozen=True, kw_only=True):
    """One static option of a selection."""

    const: str
    title: str = ""
    description: str | None = None


class Field(Wire, frozen=True, kw_only=True):
    """An additional field of the log page or of a new contact (section 1.5)."""

    const: str
    title: str = ""
    type: Literal["selection", "checkbox", "inputField", "warning"] = msgspec.field(
        default="selection"
    )
    required: bool = False
    contact_dependent: bool = False
    contact_type_dependent: bool = False
    include_none_option: bool = False
    allow_custom_value: bool = False
    default_value: Any = None
    default_setting_id: str | None = None
    default_setting_values: dict[str, Any] | None = None
    options: tuple[Option, ...] = ()
    description: str = ""
    pattern: str | None = None
    placeholder: str = ""


class FieldGroup(Wire, frozen=True, kw_only=True):
    """The additional fields of one page."""

    additional_fields: tuple[Field, ...] = ()


class Page(Wire, frozen=True, kw_only=True):
    """What the extension's pages show for this CRM."""

    use_contact_search: bool = False
    disable_contact_cache: bool = False
    new_contact: FieldGroup = msgspec.field(default_factory=FieldGroup)
    call_log: FieldGroup = msgspec.field(default_factory=FieldGroup)
    message_log: FieldGroup = msgspec.field(default_factory=FieldGroup)


class SettingOption(Wire, frozen=True, kw_only=True):
    """One choice of a setting."""

    id: str
    name: str = ""


class SettingItem(Wire, frozen=True, kw_only=True):
    """One user setting; its value arrives at ``user.userSettings[id].value``."""

    id: str
    name: str = ""
    type: str = "inputField"
    description: str = ""
    placeholder: str = ""
    default_value: Any = None
    multiple: bool = False
    options: tuple[SettingOption, ...] = ()
    value: Any = None


class SettingSection(Wire, frozen=True, kw_only=True):
    """A titled group of settings."""

    id: str
    name: str = ""
    type: str = "section"
    items: tuple[SettingItem, ...] = ()


class AuthField(Wire, frozen=True, kw_only=True):
    """One field of the page on which the user connects."""

    const: str
    title: str = ""
    type: str = "string"
    required: bool = False
    placeholder: str = ""
    default_value: str = ""
    secret: bool = False


class AuthPage(Wire, frozen=True, kw_only=True):
    """The page on which the user connects."""

    title: str = ""
    description: str = ""
    content: tuple[AuthField, ...] = ()
    warning: str = ""


class ApiKeyAuth(Wire, frozen=True, kw_only=True):
    """Authentication by an API key and other fields."""

    page: AuthPage = msgspec.field(default_factory=AuthPage)


class OAuthAuth(Wire, frozen=True, kw_only=True):
    """Where OAuth starts."""

    auth_url: str = ""
    client_id: str = ""
    redirect_uri: str = ""
    scope: str = ""


class Auth(Wire, frozen=True, kw_only=True):
    """How a user connects to the CRM."""

    type: str = "apiKey"
    api_key: ApiKeyAuth | None = None
    oauth: OAuthAuth | None = None


class Environment(Wire, frozen=True, kw_only=True):
    """Where the CRM's host name comes from."""

    type: str = "fixed"
    url: str = ""
    instructions: tuple[str, ...] = ()
    selections: tuple[dict[str, str], ...] = ()


class RequestConfig(Wire, frozen=True, kw_only=True):
    """Limits of the client's requests. `timeout` is in seconds.

    `lookup_budget` is the bench's own, production passes over it: how many requests one lookup may
    make.
    """

    timeout: float | None = None
    lookup_budget: int | None = None


class Manifest(Wire, frozen=True, kw_only=True):
    """One CRM's manifest entry."""

    name: str
    display_name: str = ""
    environment: Environment = msgspec.field(default_factory=Environment)
    auth: Auth = msgspec.field(default_factory=Auth)
    contact_types: tuple[ContactType, ...] = ()
    contact_page_url: str = ""
    call_pop_url: str = ""
    log_page_url: str = ""
    can_open_log_page: bool = False
    enable_fallback_contact_page_url: bool = False
    fallback_contact_page_url: str = ""
    enable_extension_number_logging_setting: bool = False
    disable_disposition: bool = False
    page: Page = msgspec.field(default_factory=Page)
    settings: tuple[SettingSection, ...] = ()
    request_config: RequestConfig = msgspec.field(default_factory=RequestConfig)


def read_manifest(path: Path, platform: str | None = None) -> Manifest:
    """Read a manifest file: one platform's entry, or production's file with ``platforms``.

    Args:
        path: the JSON file.
        platform: which entry to take when the file has several; None takes the only one.

    Raises:
        ManifestError: no such file, not JSON, no such platform, or a key of the wrong shape.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ManifestError(f"Cannot read the manifest {path}: {error.strerror}.") from error
    except ValueError as error:
        raise ManifestError(f"The manifest {path} is not JSON: {error}.") from error
    if isinstance(data, dict) and isinstance(data.get("platforms"), dict):
        platforms = data["platforms"]
        name = next(iter(platforms), None) if platform is None else platform
        if name not in platforms or (platform is None and len(platforms) > 1):
            names = ", ".join(platforms) or "none"
            raise ManifestError(f"The manifest {path} has the platforms {names}: name one.")
        entry = platforms[name]
        data = {"name": name} | entry if isinstance(entry, dict) else entry
    try:
        return msgspec.convert(data, Manifest, strict=False)
    except msgspec.ValidationError as error:
        raise ManifestError(f"The manifest {path} has a wrong shape: {error}.") from error
