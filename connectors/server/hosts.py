"""Which addresses a client may name: those of the CRM that it signs in to.

A server that asks whatever host a client names can be made to ask machines inside its own network.
And who answers for the CRM says who the user is: a host of one's own could claim to be anybody.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from connectors.contract.manifest import Manifest
from connectors.server.errors import Refusal

ANY = "*"
PLACEHOLDERS = ("", "temp", "undefined")
"""What the extension sends as the host name where it has none (contact-flow 1.2)."""


def domain_of(manifest: Manifest) -> str:
    """Return the domain that a CRM's addresses are below, '' when its manifest names none."""
    oauth = manifest.auth.oauth
    for url in (manifest.environment.url, oauth.auth_url if oauth else ""):
        host = host_of(url)
        if "." in host:
            return ".".join(host.split(".")[-2:])
    return ""


def is_of_crm(manifest: Manifest, url: str, allowed: tuple[str, ...] = ()) -> bool:
    """Tell whether an address belongs to the CRM, or to what an operator has allowed."""
    domains = [*allowed, domain_of(manifest)]
    host = host_of(url)
    return ANY in allowed or any(
        domain and f".{host}".endswith(f".{domain.lower()}") for domain in domains
    )


def check_addresses(
    manifest: Manifest, hostname: str, fields: dict[str, Any], allowed: tuple[str, ...] = ()
) -> None:
    """Look at what a client entered.

    Args:
        manifest: the CRM's; one without an address of its own takes any.
        hostname: the page's host, or a placeholder.
        fields: the fields of the sign-in page; those named like an address are looked at.
        allowed: domains that an operator has allowed beside the CRM's.

    Raises:
        Refusal: an address belongs to somebody else.
    """
    if not domain_of(manifest):
        return
    given = [] if hostname in PLACEHOLDERS else [hostname]
    for key, value in fields.items():
        if not key.lower().endswith(("url", "uri", "host", "hostname")) or value in ("", None):
            continue
        if not isinstance(value, str):  # 2130706433 is 127.0.0.1 to whoever looks it up
            raise Refusal(f"{key[:100]} is an address, so it must be text.")
        given.append(value)
    for address in given:
        if not is_of_crm(manifest, address, allowed):
            raise Refusal(
                f"{address[:200]} is no address of {manifest.display_name or manifest.name}: enter "
                f"one below {domain_of(manifest)}."
            )


def host_of(url: str) -> str:
    """Return the host of an address with or without its scheme, '' when it is none."""
    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
        return (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
