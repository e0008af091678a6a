"""The address of a platform on a running App Connect server: ``http://127.0.0.1:6066#myCRM``."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

KIND = "appconnect"
"""What a description of such a connector calls its kind."""


class AddressError(ValueError):
    """A text is no address of a server; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """One platform of one server.

    Attributes:
        url: where the server's routes begin, without a slash at the end.
        platform: the platform's name there; empty takes the only one.
    """

    url: str
    platform: str

    @property
    def host(self) -> str:
        """Host and port, for sentences."""
        return urlsplit(self.url).netloc


def is_server(platform: str) -> bool:
    """Tell whether what stands for a connector is the address of a server."""
    return platform.lower().startswith(("http://", "https://"))


def read_address(text: str) -> ServerAddress:
    """Read an address.

    Raises:
        AddressError: it is none.
    """
    example = "write for example http://127.0.0.1:6066#myCRM"
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise AddressError(f"{text} is no address of a server ({error}): {example}.") from error
    if not parts.hostname or port == 0 or not is_server(text.strip()):
        raise AddressError(f"{text} is no address of a server: {example}.")
    if parts.username is not None or parts.query:
        # Neither is needed, and both are where secrets are put: they would stand in every file.
        raise AddressError(
            f"The address of the server {parts.hostname} holds a user or a query: {example}."
        )
    url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return ServerAddress(url, unquote(parts.fragment).strip())
