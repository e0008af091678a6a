"""The JSON Schema of a ``proxyConfig``, for editors: ``docs/proxy-config.schema.json``."""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec

from connectors.proxy.config import ProxyConfig

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema() -> dict[str, Any]:
    """Return the schema.

    It is stricter than production, so that an editor can say at the very place what is never meant:
    unknown keys are errors, and so is ``null`` for something that can be left out.
    """
    schema = msgspec.json.schema(ProxyConfig)
    for part in schema["$defs"].values():
        part["additionalProperties"] = False
        part["properties"] = {
            name: _without_null(value) for name, value in part["properties"].items()
        }
    root = schema["$defs"]["ProxyConfig"]
    root["properties"] = {"$schema": {"type": "string"}} | root["properties"]
    return {"$schema": DIALECT, "title": "App Connect proxyConfig"} | schema


def schema_text() -> str:
    """Return the schema as it stands in its file."""
    return json.dumps(config_schema(), indent=2) + "\n"


def _without_null(value: dict[str, Any]) -> dict[str, Any]:
    """Return what a property has to be when it is there.

    A choice of schemas would hide the message of the one that was meant.
    """
    kinds = [kind for kind in value.get("anyOf", ()) if kind != {"type": "null"}]
    if not kinds:
        return value
    rest: dict[str, Any] = {
        key: each for key, each in value.items() if key not in ("anyOf", "default")
    }
    if len(kinds) == 1:
        rest.update(kinds[0])
    else:
        rest["type"] = [kind["type"] for kind in kinds]
    return rest


if __name__ == "__main__":
    sys.stdout.write(schema_text())
