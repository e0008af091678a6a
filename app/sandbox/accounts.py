"""The accounts of the embedded CRM: what a connection of the bench needs to use it.

The keys are public constants: the sandbox listens on this machine only and holds invented people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.errors import SandboxError
from app.sandbox.schema import PLATFORMS

INSIGHTLY_API_KEY = "sandbox-key"
INSIGHTLY_API_URL = "https://api.na1.insightly.com"
INSIGHTLY_USER_ID = 2_410_001

BULLHORN_SESSION = "sandbox-session"
BULLHORN_CLIENT_ID = "sandbox-client"
BULLHORN_CLIENT_SECRET = "sandbox-secret"  # noqa: S105  a documented constant
BULLHORN_ACCESS_TOKEN = "sandbox-access"  # noqa: S105
BULLHORN_REFRESH_TOKEN = "sandbox-refresh"  # noqa: S105
BULLHORN_REST_URL = "https://rest.bullhornstaffing.example/rest/"
BULLHORN_LOGIN_URL = "https://rest.bullhornstaffing.example/rest-services"
BULLHORN_TOKEN_URL = "https://auth.bullhornstaffing.example/oauth/token"  # noqa: S105
BULLHORN_USER_ID = 31
BULLHORN_USERNAME = "sam.sandbox"

USER_NAME = "Sam Sandbox"
USER_EMAIL = "sam@sandbox.example"


def sandbox_user(platform: str) -> dict[str, Any]:
    """Return the connected user, in production's wire shape.

    Raises:
        SandboxError: the sandbox does not speak that CRM's API.
    """
    common: dict[str, Any] = {
        "platform": platform,
        "timezoneName": "UTC",
        "timezoneOffset": 0,
        "rcAccountId": "sandbox",
        "userSettings": {},
    }
    if platform == "insightly":
        return common | {
            "id": f"{INSIGHTLY_USER_ID}-insightly",
            "hostname": "api.na1.insightly.com",
            "accessToken": INSIGHTLY_API_KEY,
            "platformAdditionalInfo": {"apiUrl": INSIGHTLY_API_URL},
        }
    if platform == "bullhorn":
        return common | {
            "id": f"{BULLHORN_USER_ID}-bullhorn",
            "hostname": "rest.bullhornstaffing.example",
            "accessToken": BULLHORN_ACCESS_TOKEN,
            "refreshToken": BULLHORN_REFRESH_TOKEN,
            "platformAdditionalInfo": {
                "restUrl": BULLHORN_REST_URL,
                "loginUrl": BULLHORN_LOGIN_URL,
                "tokenUrl": BULLHORN_TOKEN_URL,
                "bhRestToken": BULLHORN_SESSION,
                "id": BULLHORN_USER_ID,
            },
        }
    raise _unknown(platform)


def sandbox_config(platform: str) -> dict[str, str]:
    """Return the configuration a connector reads (connectors, "Configuration").

    Raises:
        SandboxError: the sandbox does not speak that CRM's API.
    """
    if platform == "insightly":
        return {"INSIGHTLY_API_VERSION": "v3.1"}
    if platform == "bullhorn":
        return {
            "BULLHORN_CLIENT_ID": BULLHORN_CLIENT_ID,
            "BULLHORN_CLIENT_SECRET": BULLHORN_CLIENT_SECRET,
        }
    raise _unknown(platform)


def sandbox_routes(platform: str, urls: Mapping[str, str]) -> dict[str, str]:
    """Return the routes that send all of a connector's traffic to the sandbox at `urls`.

    Raises:
        SandboxError: the sandbox does not speak that CRM's API.
    """
    if platform not in PLATFORMS or platform not in urls:
        raise _unknown(platform)
    return {"*": urls[platform]}


def _unknown(platform: str) -> SandboxError:
    return SandboxError(f"The sandbox has no CRM {platform!r}; it has {' and '.join(PLATFORMS)}.")
