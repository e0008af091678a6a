"""The published schema is that of the types."""

from pathlib import Path

import msgspec

from connectors.proxy.config import ProxyConfig
from connectors.proxy.schema import config_schema, schema_text

PUBLISHED = Path(__file__).parents[3] / "docs" / "proxy-config.schema.json"


def test_the_published_schema_is_up_to_date():
    """``python -m connectors.proxy.schema > docs/proxy-config.schema.json`` writes it."""
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text()


def test_the_schema_knows_every_key_and_no_other():
    schema = config_schema()
    root = schema["$defs"]["ProxyConfig"]
    own = {field.encode_name for field in msgspec.structs.fields(ProxyConfig)}
    assert set(root["properties"]) == {"$schema", *own}
    assert root["required"] == ["auth", "operations"]
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())
    assert all(part["description"] for part in schema["$defs"].values())
    assert schema["$schema"].endswith("2020-12/schema")
