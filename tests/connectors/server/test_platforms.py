from __future__ import annotations

import json
import textwrap

import pytest

from connectors.server.platforms import INTERFACES, load_platforms
from connectors.server.settings import SettingsError

SMALL = """
    from connectors.contract.connector import Connector

    class Small(Connector):
        auth_type = "other"

        async def find_contact(self, request):
            return {"successful": True, "matchedContactInfo": []}
"""


def written(folder, name="small", source=SMALL, manifest=None):
    path = folder / name
    path.mkdir()
    (path / "connector.py").write_text(textwrap.dedent(source))
    if manifest is not None:
        (path / "manifest.json").write_text(json.dumps(manifest))
    return str(path)


async def test_the_built_in_ones_and_others(tmp_path):
    path = written(tmp_path, manifest={"name": "small", "displayName": "Small CRM"})
    proxy = tmp_path / "json.json"
    proxy.write_text(
        json.dumps({"meta": {"name": "json"}, "auth": {"type": "apiKey"}, "operations": {}})
    )
    platforms = await load_platforms([path, str(proxy)])
    assert list(platforms) == ["bullhorn", "insightly", "small", "json"]
    assert platforms["small"].display_name == "Small CRM"
    interfaces = platforms["small"].interfaces()
    assert [name for name, has in interfaces.items() if has] == [
        "getAuthType", "findContact", "unAuthorize", "getLogFormatType",
    ]  # fmt: skip
    assert list(interfaces) == [
        name for name in INTERFACES if name not in ("getOauthInfo", "getBasicAuth")
    ]


async def test_a_manifest_may_say_how_long_an_operation_takes(tmp_path):
    slow = {"name": "small", "requestConfig": {"timeout": 60}}
    platforms = await load_platforms([written(tmp_path, manifest=slow)])
    assert platforms["small"].timeout_s(25.0) == 60.0
    assert platforms["insightly"].timeout_s(25.0) == 25.0


async def test_a_connector_at_a_path_wins_over_a_built_in_one(tmp_path):
    path = written(tmp_path, manifest={"name": "insightly"})
    platforms = await load_platforms([path])
    assert platforms["insightly"].description.source.startswith(path)


@pytest.mark.parametrize(
    ("source", "manifest", "words"),
    [
        ("x = (", None, "syntax error"),
        ("", None, "must define one subclass"),
        (SMALL, {"name": "small", "page": 7}, "wrong shape"),
    ],
)
async def test_one_that_cannot_be_loaded_is_named(tmp_path, source, manifest, words):
    with pytest.raises(SettingsError, match=words):
        await load_platforms([written(tmp_path, source=source, manifest=manifest)])


async def test_two_of_a_name_are_not_told_apart(tmp_path):
    paths = [written(tmp_path, name, manifest={"name": "same"}) for name in ("one", "two")]
    with pytest.raises(SettingsError, match="both named same"):
        await load_platforms(paths)


async def test_javascript_is_not_served(tmp_path):
    path = tmp_path / "index.js"
    path.write_text("module.exports = {};")
    with pytest.raises(SettingsError, match="serves Python and JSON connectors"):
        await load_platforms([str(path)])
