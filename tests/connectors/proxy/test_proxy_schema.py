"""The published schema is that of the types, takes what is right and says what is wrong."""

import json
import re
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest

from connectors.proxy.config import ProxyConfig
from connectors.proxy.schema import config_schema, schema_text

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "docs" / "proxy-config.schema.json"
PAGE = ROOT / "docs" / "proxy-connectors.md"
FILES = ("resources/examples/insightly-proxy", "tests/comparison/tinycrm/proxy")


def said(config):
    """Return what an editor says of a config: place and message of each error."""
    validator = jsonschema_rs.validator_for(json.loads(PUBLISHED.read_text(encoding="utf-8")))
    return [
        (".".join(map(str, error.instance_path)), error.message)
        for error in validator.iter_errors(config)
    ]


def finding(**operation):
    return {"auth": {}, "operations": {"findContact": operation}}


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


@pytest.mark.parametrize("folder", FILES)
def test_each_example_is_valid(folder):
    assert said(json.loads((ROOT / folder / "proxy.json").read_text(encoding="utf-8"))) == []


def test_the_config_on_the_page_is_valid():
    (config,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert said(json.loads(config)) == []


@pytest.mark.parametrize(
    ("config", "place", "message"),
    [
        ({"operations": {}}, "", '"auth" is a required property'),
        ({"auth": {}}, "", '"operations" is a required property'),
        (
            finding(responseMapping={"listPaht": "body"}),
            "operations.findContact.responseMapping",
            "'listPaht' was unexpected",
        ),
        (
            finding(responseMapping={"item": {"emailPath": "email"}}),
            "operations.findContact.responseMapping.item",
            "'emailPath' was unexpected",
        ),
        (
            {"auth": {}, "operations": {"findContactWithNames": {}}},
            "operations",
            "'findContactWithNames' was unexpected",
        ),
        (finding(url=5), "operations.findContact.url", '5 is not of type "string"'),
        (finding(query=5), "operations.findContact.query", 'not of types "string", "object"'),
        (finding(headers=[]), "operations.findContact.headers", 'not of type "object"'),
        (finding(responseMapping=None), "operations.findContact.responseMapping", "null is not"),
        (
            {"auth": {}, "operations": {}, "requestDefaults": {"timeoutSeconds": -1}},
            "requestDefaults.timeoutSeconds",
            "-1 is less than the minimum",
        ),
        (
            {"auth": {"encode": "hex"}, "operations": {}},
            "auth.encode",
            '"hex" is not one of "base64" or "none"',
        ),
        (
            {"auth": {}, "operations": {}, "meta": {"logFormat": "html"}},
            "meta.logFormat",
            '"html" is not one of "text/plain"',
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(config, place, message):
    ((where, what),) = said(config)
    assert where == place
    assert message in what
