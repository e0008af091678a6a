"""The tokens that the extension carries: JWT by HS256, as production's."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import jwt
from starlette.requests import Request

LIFETIME_S = 14 * 24 * 3600
REFRESHED_BELOW_S = 7 * 24 * 3600
"""With this much left or less, an answer carries the next token."""
REFRESHED_HEADER = "x-refreshed-jwt-token"
MAX_LENGTH = 4096
MAX_ID_LENGTH = 255
_ALGORITHM = "HS256"
_CLOCKS_DIFFER_S = 30


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says.

    Attributes:
        expires_at: seconds since 1970.
        stale: signed with a key that is being retired.
    """

    user_id: str
    platform: str
    expires_at: int
    stale: bool = False


class Tokens:
    """Issues and reads tokens.

    Args:
        secret_keys: the first signs, all verify.
        now: seconds since 1970; tests hand in their own clock.
    """

    def __init__(self, secret_keys: Sequence[str], now: Callable[[], float] = time.time) -> None:
        self._keys = tuple(secret_keys)
        self._now = now
        # A user's token comes with every request, and its signature stays true.
        self._verified = lru_cache(maxsize=1024)(self._verify)

    def issue(self, user_id: str, platform: str) -> str:
        """Return a token for a user, good for two weeks."""
        issued_at = int(self._now())
        payload = {
            "id": user_id,
            "platform": platform,
            "iat": issued_at,
            "exp": issued_at + LIFETIME_S,
        }
        return jwt.encode(payload, self._keys[0], algorithm=_ALGORITHM)

    def read(self, token: str) -> Claims | None:
        """Return what a token says, None when it is not one of ours or has expired."""
        if not token or len(token) > MAX_LENGTH or not token.isascii():
            return None
        try:
            payload, place = self._verified(token)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return None
        return self._claims(payload, stale=place > 0)

    def refreshed(self, claims: Claims) -> str | None:
        """Return the next token when the present one ends soon or its key is being retired."""
        if not claims.stale and claims.expires_at - self._now() > REFRESHED_BELOW_S:
            return None
        return self.issue(claims.user_id, claims.platform)

    def _verify(self, token: str) -> tuple[dict[str, object], int]:
        """Return what a token says, and the place of the key that signed it.

        Raises:
            jwt.PyJWTError, ValueError, TypeError, RecursionError: it is none of ours.
        """
        for place, key in enumerate(self._keys):
            with contextlib.suppress(jwt.InvalidSignatureError):
                payload = jwt.decode(
                    token,
                    key,
                    algorithms=[_ALGORITHM],
                    options={
                        "require": ["exp"],
                        "verify_exp": False,
                        "verify_iat": False,
                        "verify_nbf": False,
                        "verify_aud": False,
                    },
                )
                return payload, place
        raise jwt.InvalidSignatureError

    def _claims(self, payload: dict[str, object], *, stale: bool) -> Claims | None:
        user_id, platform = payload.get("id"), payload.get("platform")
        expires_at, issued_at = payload.get("exp"), payload.get("iat", 0)
        if not (isinstance(user_id, str) and 0 < len(user_id) <= MAX_ID_LENGTH):
            return None
        if not (isinstance(platform, str) and 0 < len(platform) <= MAX_ID_LENGTH):
            return None
        if "\0" in user_id + platform:
            return None
        if not _is_time(expires_at) or not _is_time(issued_at):
            return None
        assert isinstance(expires_at, int)
        assert isinstance(issued_at, int)
        now = self._now()
        if expires_at <= now or issued_at > now + _CLOCKS_DIFFER_S:
            return None
        return Claims(user_id, platform, expires_at, stale=stale)


def token_of(request: Request) -> str:
    """Return the token of a request: ``Authorization: Bearer``, else ``?jwtToken=``; may be ''."""
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.query_params.get("jwtToken", "").strip()


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
