"""Making, changing and removing connections to real CRM accounts and to connectors by path."""

from __future__ import annotations

import dataclasses
import uuid
from urllib.parse import urlsplit

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app.account import sign_in_to, with_values
from app.connections import Connection, ConnectionFile, ConnectionUnusableError, is_secret_setting
from app.loop import TaskRunner
from connectors.appconnect.address import KIND as SERVER
from connectors.contract.hosting import Description
from connectors.contract.manifest import Manifest
from connectors.contract.model import User
from connectors.host.load import ConnectorLoadError, builtin_platforms
from connectors.host.manifest import manifest_of
from connectors.host.process import HostProcess
from connectors.runtime.sign_in import SignIn
from connectors.runtime.transport import RouteError, parse_routes
from widgets.connection_dialog import ConnectionDialog
from widgets.main_window import MainWindow
from widgets.page_state import AuthFieldState, ConnectionValues

LOAD = "connect.load"
CHECK = "connect.check"
KEPT = "Keys and tokens are kept in the system's keyring, never in a file."
NOT_KEPT = (
    "This system has no keyring: keys and tokens are kept until Callbench is closed, never in a "
    "file."
)
OAUTH = (
    "This CRM signs in with OAuth. Sign in elsewhere, then paste the access token, and the values "
    "that the sign-in gave (for Bullhorn: tokenUrl, apiUrl, username)."
)
API_KEY = AuthFieldState("apiKey", "API key", required=True, secret=True)
SERVER_TOKEN = AuthFieldState(
    "accessToken", "Or a token of this server", secret=True, placeholder="eyJhbGciOi..."
)
SERVER_PAGE = (
    "A running App Connect server. Enter what its page for this CRM asks for, or a token "
    "(jwtToken) that it has given: the only way in where the CRM signs in with OAuth."
)
TOKENS = (
    AuthFieldState("accessToken", "Access token", required=True, secret=True),
    AuthFieldState("refreshToken", "Refresh token", secret=True),
)


class ConnectPresenter(QObject):
    """Works the connection dialog.

    Signals:
        saved(str): the id of the connection that was saved.
        removed(str): the id of the connection that is gone.
    """

    saved = Signal(str)
    removed = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        connections: ConnectionFile,
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._connections = connections
        self._tasks = tasks
        self._edited: Connection | None = None
        self._description: Description | None = None
        self._dialog = ConnectionDialog(window)
        self._dialog.connector_chosen.connect(self._on_connector_chosen)
        self._dialog.connect_requested.connect(self._on_connect_requested)
        self._dialog.save_requested.connect(self._on_save_requested)
        self._dialog.remove_requested.connect(self._on_remove_requested)
        self._dialog.cancelled.connect(self._on_cancelled)

    @Slot()
    def add(self) -> None:
        """Open the dialog for a new connection."""
        self._open(None)

    def edit(self, connection: Connection) -> None:
        """Open the dialog for a saved connection."""
        self._open(connection)

    def _open(self, connection: Connection | None) -> None:
        self._edited = connection
        self._description = None
        built_in = [(name, name.capitalize()) for name in builtin_platforms()]
        note = KEPT if self._connections.keeps_secrets else NOT_KEPT
        self._dialog.start(built_in, _shown(connection) if connection else None, note)

    @Slot(str)
    def _on_connector_chosen(self, platform: str) -> None:
        self._tasks.cancel(LOAD)
        self._description = None
        self._tasks.start(self._load(platform), name=LOAD)

    async def _load(self, platform: str) -> None:
        host = HostProcess(platform)
        try:
            description = await host.describe()
            manifest = manifest_of(description)
        except ConnectorLoadError as error:
            self._dialog.show_connector_problem(str(error))
            return
        finally:
            await host.close()
        self._description = description
        if self._edited is None:
            name = manifest.display_name or description.display_name
            self._dialog.suggest_name(self._free_name(name))
        user = self._edited.user if self._edited else User()
        self._dialog.show_auth(
            [_with_value(field, user) for field in _fields(description, manifest)],
            _about(description, manifest),
            asks_hostname=manifest.environment.type in {"dynamic", "selectable"},
            asks_account=description.kind != SERVER
            and (description.auth_type == "oauth" or not manifest.auth.api_key),
            has_secrets=self._edited is not None,
        )

    @Slot(object)
    def _on_connect_requested(self, values: ConnectionValues) -> None:
        draft = self._draft(values)
        if draft is not None and not self._tasks.running(CHECK):
            self._tasks.start(self._check(draft), name=CHECK)

    @Slot(object)
    def _on_save_requested(self, values: ConnectionValues) -> None:
        draft = self._draft(values)
        if draft is not None:
            self._save(draft)

    @Slot()
    def _on_remove_requested(self) -> None:
        if self._edited is None:
            return
        try:
            self._connections.remove(self._edited.id)
        except ConnectionUnusableError as error:
            self._dialog.show_problem(str(error))
            return
        self._dialog.accept()
        self.removed.emit(self._edited.id)

    @Slot()
    def _on_cancelled(self) -> None:
        self._tasks.cancel(LOAD)
        self._tasks.cancel(CHECK)

    async def _check(self, draft: Connection) -> None:
        self._dialog.show_busy(True)
        try:
            signed = await self._signed_in(draft)
        except ConnectorLoadError as error:
            self._dialog.show_connector_problem(str(error))
            return
        finally:
            self._dialog.show_busy(False)
        if signed.user is None:
            said = signed.error.message if signed.error else signed.message
            self._dialog.show_problem(said, can_save=True)
            return
        self._save(msgspec.structs.replace(draft, user=signed.user))

    async def _signed_in(self, draft: Connection) -> SignIn:
        host = HostProcess(draft.platform)
        try:
            return await sign_in_to(draft, host)
        finally:
            await host.close()

    def _draft(self, values: ConnectionValues) -> Connection | None:
        """Return the connection that was entered; shows what is wrong with it otherwise."""
        description, dialog = self._description, self._dialog
        if description is None:
            dialog.show_problem("Choose a connector that can be loaded first.")
            return None
        if not values.name:
            dialog.show_field_problem("name", "Give the connection a name.")
            return None
        try:
            taken = {name for other, name in self._connections.names() if other != self._id}
        except ConnectionUnusableError as error:
            dialog.show_problem(str(error))
            return None
        if values.name in taken:
            dialog.show_field_problem("name", "Another connection has this name.")
            return None
        manifest = manifest_of(description)
        for field in _fields(description, manifest):
            kept = field.secret and self._edited is not None
            if field.required and not kept and not values.auth.get(field.const):
                dialog.show_field_problem(field.const, f"{field.title} is needed.")
                return None
        pairs: dict[str, dict[str, str]] = {}
        for name, text in (("account", values.account), ("config", values.config)):
            try:
                pairs[name] = _pairs(text)
            except ValueError as error:
                dialog.show_field_problem(name, str(error))
                return None
        try:
            routes = parse_routes(line for line in values.routes.splitlines() if line.strip())
        except RouteError as error:
            dialog.show_field_problem("routes", str(error))
            return None
        return Connection(
            id=self._id,
            name=values.name,
            platform=values.connector,
            mode="LIVE",
            user=self._user(description, manifest, values, pairs["account"]),
            routes=routes,
            config=self._kept_config(pairs["config"]),
            secret_info=tuple(
                field.const for field in _fields(description, manifest) if field.secret
            ),
            timeout_s=float(values.timeout_s),
        )

    def _free_name(self, name: str) -> str:
        """Return the name, with a number behind it when it is taken."""
        try:
            taken = {other for _id, other in self._connections.names()}
        except ConnectionUnusableError:
            return name  # Saving will tell.
        numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
        return name if name not in taken else next(each for each in numbered if each not in taken)

    @property
    def _id(self) -> str:
        return self._edited.id if self._edited else ""

    def _kept_config(self, given: dict[str, str]) -> dict[str, str]:
        """Return the configuration; an empty secret is the one that is kept already."""
        before = self._edited.config if self._edited else {}
        return {
            name: value or (before.get(name, "") if is_secret_setting(name) else "")
            for name, value in given.items()
        }

    def _user(
        self,
        description: Description,
        manifest: Manifest,
        values: ConnectionValues,
        account: dict[str, str],
    ) -> User:
        before = self._edited.user if self._edited else User()
        with_account = msgspec.structs.replace(
            before, platform_additional_info={**(before.platform_additional_info or {}), **account}
        )
        fixed = urlsplit(manifest.environment.url).hostname or ""
        return msgspec.structs.replace(
            with_values(with_account, values.auth),
            platform=description.platform,
            hostname=values.hostname or fixed or before.hostname,
        )

    def _save(self, draft: Connection) -> None:
        connection_id = draft.id or f"live-{uuid.uuid4().hex[:12]}"
        # An account id of its own: the caches of two accounts never mix.
        user = msgspec.structs.replace(draft.user, rc_account_id=connection_id)
        try:
            self._connections.save(msgspec.structs.replace(draft, id=connection_id, user=user))
        except ConnectionUnusableError as error:
            self._dialog.show_problem(str(error))
            return
        self._dialog.accept()
        self.saved.emit(connection_id)


def _fields(description: Description, manifest: Manifest) -> tuple[AuthFieldState, ...]:
    """Return the auth page's fields; a connector without a page is asked for its key or token."""
    if description.kind == SERVER:
        # The page is the server's to judge: with a token none of it is needed.
        page = _page_fields(manifest)
        return (*(dataclasses.replace(field, required=False) for field in page), SERVER_TOKEN)
    if description.auth_type == "oauth":
        return TOKENS
    if manifest.auth.api_key is None:
        return (API_KEY,) if description.auth_type == "apiKey" else ()
    return _page_fields(manifest)


def _page_fields(manifest: Manifest) -> tuple[AuthFieldState, ...]:
    page = manifest.auth.api_key.page if manifest.auth.api_key else None
    return tuple(
        AuthFieldState(
            const=field.const,
            title=field.title or field.const,
            required=field.required,
            secret=field.secret or field.const == "apiKey",
            placeholder=field.placeholder,
            value=field.default_value,
        )
        for field in (page.content if page else ())
    )


def _about(description: Description, manifest: Manifest) -> str:
    """Return what stands above the fields."""
    if description.kind == SERVER:
        return SERVER_PAGE
    if description.auth_type == "oauth":
        return OAUTH
    return manifest.auth.api_key.page.description if manifest.auth.api_key else ""


def _with_value(field: AuthFieldState, user: User) -> AuthFieldState:
    value = "" if field.secret else str(user.info(field.const) or field.value)
    return dataclasses.replace(field, value=value)


def _shown(connection: Connection) -> ConnectionValues:
    """Return a saved connection as the dialog shows it: no secret leaves the vault."""
    config = {
        name: "" if is_secret_setting(name) else value for name, value in connection.config.items()
    }
    return ConnectionValues(
        name=connection.name,
        connector=connection.platform,
        hostname=connection.user.hostname,
        routes="\n".join(f"{host}={url}" for host, url in connection.routes.items()),
        config="\n".join(f"{name}={value}" for name, value in config.items()),
        timeout_s=round(connection.timeout_s),
    )


def _pairs(text: str) -> dict[str, str]:
    """Read lines ``NAME=VALUE``.

    Raises:
        ValueError: a line is none; the message is for the user.
    """
    pairs = {}
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if line.strip() and (not sign or not name.strip()):
            raise ValueError(f"'{line.strip()}' is not NAME=VALUE: write one of them in each line.")
        if line.strip():
            pairs[name.strip()] = value.strip()
    return pairs
