"""The secrets of the connection in use, by the names under which requests carry them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from connectors.contract.model import User

_OWN = {"accesstoken": "access_token", "refreshtoken": "refresh_token"}
_KEYS = frozenset({"apikey", "xapikey", "userkey"})


class KnownSecrets:
    """Tells which secret a header, parameter or key holds, where its name says so.

    Exchanges are kept without secrets, so this is how one is completed again. A name that may stand
    for several values, such as ``token``, is not guessed.

    Args:
        user: the connected user as the connector last changed it.
        auth_header: the Authorization header that core made for the user, empty for none.
        config: the connection's configuration, such as ``BULLHORN_CLIENT_SECRET``.
        key_based: whether the user's token is an API key.
    """

    def __init__(
        self, user: User, auth_header: str, config: Mapping[str, str], *, key_based: bool
    ) -> None:
        self._values: dict[str, str] = {}
        for name, value in config.items():
            if name.endswith("_CLIENT_SECRET"):
                self._values["clientsecret"] = value
        for key, given in (user.platform_additional_info or {}).items():
            if isinstance(given, str):
                self._values[_plain(key)] = given
        for name, field in _OWN.items():
            self._values[name] = getattr(user, field)
        if key_based:
            self._values |= dict.fromkeys(_KEYS, user.access_token)
        self._values["authorization"] = auth_header

    def __call__(self, name: str) -> str | None:
        """Return the secret called `name`, None when it is not known."""
        return self._values.get(_plain(name)) or None


def _plain(name: str) -> str:
    return re.sub(r"[-_\s]", "", name).lower()
