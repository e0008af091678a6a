"""Secrets at rest: text that only this server can read, and only where it was put.

AES-256-GCM, because it takes a context (who owns the text, which column it stands in) that is
authenticated but not kept: a sealed text that is copied to another row does not open there. Fernet
has no such context, and costs ten times as much on each lookup.

A sealed text is ``1.<key id>.<nonce, ciphertext and tag>``, the last in base64 for URLs. The key id
says which key sealed it, so that a lost key is told apart from an altered text. Nonces are random:
one key is good for 2**32 sealings (NIST SP 800-38D 8.3).
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = "1"
_KEY_BYTES = 32
_KEY_ID_BYTES = 6
_NONCE_BYTES = 12
_PURPOSE = b"callbench: secrets at rest, version 1"


class SealError(Exception):
    """A text cannot be opened; the message says why and what to do, and holds nothing of it."""


class Sealer:
    """Seals with the first of the server's secret keys, and opens with any of them.

    Args:
        secret_keys: the server's secrets, of any form, the current one first. A former one behind
            it still opens what it sealed.

    Raises:
        ValueError: there is no key, or an empty one.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None:
        if not secret_keys or not all(secret_keys):
            raise ValueError("Sealing needs at least one secret key, and no empty one.")
        derived = [_derive(secret) for secret in secret_keys]
        self._current = derived[0]
        self._keys = dict(reversed(derived))

    def seal(self, text: str, context: Sequence[str] = ()) -> str:
        """Return `text` sealed, each time another text.

        Args:
            text: any text.
            context: whose it is and where it stands; `open` asks for the same.
        """
        key_id, key = self._current
        nonce = os.urandom(_NONCE_BYTES)
        sealed = key.encrypt(nonce, text.encode("utf-8", "surrogatepass"), _bound(context))
        return f"{_VERSION}.{key_id}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def is_current(self, sealed: str) -> bool:
        """Tell whether a text was sealed with the first key, so that the others may go."""
        return sealed.startswith(f"{_VERSION}.{self._current[0]}.")

    def open(self, sealed: str, context: Sequence[str] = ()) -> str:
        """Return what was sealed.

        Raises:
            SealError: it was sealed with another key or context, or altered.
        """
        version, _, rest = sealed.partition(".")
        key_id, _, body = rest.partition(".")
        if version != _VERSION:
            raise SealError(
                "This is no text that this version seals: update the server, or sign in again."
            )
        key = self._keys.get(key_id)
        if key is None:
            raise SealError(
                "It was sealed with another secret key: add that key behind the current one "
                "(separated by a comma), or sign in again."
            )
        try:
            raw = urlsafe_b64decode(body)
            text = key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(context))
        except (InvalidTag, ValueError) as error:
            raise SealError(
                "It was altered, or belongs to another row of the database: sign in again."
            ) from error
        return text.decode("utf-8", "surrogatepass")


def _derive(secret: str) -> tuple[str, AESGCM]:
    """Return a key and its id, from which nothing of the secret or the key can be told."""
    material = HKDF(SHA256(), _KEY_BYTES + _KEY_ID_BYTES, salt=None, info=_PURPOSE).derive(
        secret.encode("utf-8", "surrogatepass")
    )
    return urlsafe_b64encode(material[_KEY_BYTES:]).decode(), AESGCM(material[:_KEY_BYTES])


def _bound(context: Sequence[str]) -> bytes:
    return json.dumps(list(context)).encode()
