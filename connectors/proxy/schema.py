"""The JSON Schema of a ``proxyConfig``, for editors: ``docs/proxy-config.schema.json``."""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec

from connectors.proxy.config import ProxyConfig

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema() -> dict[str, Any]:
    """Return the schema. Unknown keys are errors in it, as they are never meant."""
    schema = msgspec.json.schema(ProxyConfig)
    for part in schema["$defs"].values():
        part["additionalProperties"] = False
    root = schema["$defs"]["ProxyConfig"]
    root["properties"] = {"$schema": {"type": "string"}} | root["properties"]
    return {"$schema": DIALECT, "title": "App Connect proxyConfig"} | schema


def schema_text() -> str:
    """Return the schema as it stands in its file."""
    return json.dumps(config_schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
