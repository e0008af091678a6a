"""What an operator sets, from the environment; names are production's where it has one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.runtime.transport import RouteError, parse_routes

MIN_SECRET_LENGTH = 32
HOW_TO_MAKE_ONE = (
    "export APP_SERVER_SECRET_KEY=$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')"
)
RINGCENTRAL = "https://platform.ringcentral.com"
DATABASE_FILE = "serve.sqlite"


class SettingsError(Exception):
    """A setting is missing or cannot be used; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server works by.

    Attributes:
        secret_keys: the first signs and seals, all verify and open (rotation).
        database_url: ``sqlite:///path`` or ``postgresql://...``.
        connectors: paths of connectors beside the built-in ones.
        routes: host name (or ``*``) to the base URL that stands in for it.
        server_url: where the extension finds this server; empty takes it from the request.
        hash_key: what ids of RingCentral are hashed with.
        allowed_hosts: domains that a sign-in may name beside its CRM's own; ``*`` for any.
        ringcentral_server: who is asked whose RingCentral account a login is for.
        operation_timeout_s: seconds an operation of a connector may take, unless its manifest says
            otherwise. The extension waits 30 s.
        max_requests: how many requests are worked on at once.
        body_timeout_s: seconds in which a body must have come.
    """

    secret_keys: tuple[str, ...] = field(repr=False)
    database_url: str = field(repr=False)
    connectors: tuple[str, ...] = ()
    routes: Mapping[str, str] = field(default_factory=dict)
    server_url: str = ""
    hash_key: str = field(default="", repr=False)
    allowed_hosts: tuple[str, ...] = ()
    ringcentral_server: str = RINGCENTRAL
    operation_timeout_s: float = 25.0
    max_requests: int = 200
    body_timeout_s: float = 15.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the environment.

        Raises:
            SettingsError: something is missing or wrong.
        """
        env = os.environ if environment is None else environment
        keys = _secret_keys(env.get("APP_SERVER_SECRET_KEY", ""))
        try:
            routes = parse_routes(env.get("CALLBENCH_ROUTES", "").split())
        except RouteError as error:
            raise SettingsError(f"CALLBENCH_ROUTES cannot be used: {error}") from error
        given = env.get("CALLBENCH_CONNECTORS", "").split(os.pathsep)
        return cls(
            secret_keys=keys,
            database_url=env.get("DATABASE_URL") or f"sqlite:///{_home(env) / DATABASE_FILE}",
            connectors=tuple(path for path in given if path),
            routes=routes,
            server_url=env.get("OVERRIDE_APP_SERVER") or env.get("APP_SERVER") or "",
            hash_key=env.get("HASH_KEY") or keys[-1],
            allowed_hosts=_listed(env.get("ALLOWED_CRM_HOSTS", "")),
            ringcentral_server=(env.get("RINGCENTRAL_SERVER") or RINGCENTRAL).rstrip("/"),
            operation_timeout_s=_number(env, "OPERATION_TIMEOUT_S", 25.0, 1.0, 600.0),
            max_requests=int(_number(env, "MAX_REQUESTS", 200, 1, 100_000)),
            body_timeout_s=_number(env, "BODY_TIMEOUT_S", 15.0, 0.1, 600.0),
        )


def _secret_keys(text: str) -> tuple[str, ...]:
    keys = _listed(text)
    if not keys:
        raise SettingsError(
            "APP_SERVER_SECRET_KEY is not set: it signs the tokens and seals what is stored. "
            f"Make one and keep it: {HOW_TO_MAKE_ONE}"
        )
    if any(len(key) < MIN_SECRET_LENGTH for key in keys):
        raise SettingsError(
            f"APP_SERVER_SECRET_KEY needs at least {MIN_SECRET_LENGTH} characters per key. "
            f"Make one and keep it: {HOW_TO_MAKE_ONE}"
        )
    return keys


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _home(env: Mapping[str, str]) -> Path:
    configured = env.get("CALLBENCH_HOME")
    if configured:
        path = Path(configured).expanduser()
    else:
        import platformdirs  # noqa: PLC0415  not needed when the folder is named

        path = Path(platformdirs.user_data_dir("callbench", appauthor=False))
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The folder {path} cannot be made ({error.strerror}): set CALLBENCH_HOME or "
            "DATABASE_URL."
        ) from error
    return path.resolve()


def _number(
    env: Mapping[str, str], name: str, default: float, lowest: float, highest: float
) -> float:
    text = env.get(name, "")
    try:
        number = float(text) if text else default
    except ValueError:
        number = float("nan")
    if not lowest <= number <= highest:
        raise SettingsError(
            f"{name} must be a number from {lowest:g} to {highest:g}, not {text!r}."
        )
    return number
