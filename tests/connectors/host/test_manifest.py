"""A manifest of a wrong shape is said with its file, line and key."""

import json

import pytest

from connectors.contract.hosting import Description
from connectors.host.load import ConnectorLoadError
from connectors.host.manifest import manifest_of

ENTRY = """{
  "displayName": "Small",
  "contactTypes": [
    {"value": "Contact"},
    {"value": 5}
  ]
}"""


def described(text, file="", entry=None):
    return Description(
        platform="small",
        display_name="Small",
        kind="python",
        auth_type="apiKey",
        log_format="text/plain",
        operations=(),
        manifest=json.loads(text) if entry is None else entry,
        manifest_file=file,
    )


def test_a_manifest_without_a_name_has_the_name_of_its_connector():
    assert manifest_of(described('{"displayName": "Small"}')).name == "small"
    assert manifest_of(described("{}")).contact_types == ()


def test_a_key_of_a_wrong_shape_is_named_with_its_line(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(ENTRY.replace("5", "{}"))
    with pytest.raises(ConnectorLoadError) as caught:
        manifest_of(described(path.read_text(), str(path)))
    assert str(caught.value).startswith(f"{path}:5: contactTypes[1].value has a wrong shape: ")
    assert (caught.value.position.file, caught.value.position.line) == (str(path), 5)


def test_a_key_inside_an_entry_of_productions_file_is_found(tmp_path):
    path = tmp_path / "manifest.json"
    entry = {"name": "small", "contactTypes": "Contact"}
    path.write_text(json.dumps({"platforms": {"other": {}, "small": entry}}, indent=1))
    with pytest.raises(ConnectorLoadError) as caught:
        manifest_of(described("", str(path), entry))
    lines = path.read_text().splitlines()
    assert "contactTypes" in lines[caught.value.position.line - 1]


@pytest.mark.parametrize("left", [None, "{"])
def test_a_file_that_has_changed_since_has_no_line(tmp_path, left):
    path = tmp_path / "manifest.json"
    if left is not None:
        path.write_text(left)
    with pytest.raises(ConnectorLoadError) as caught:
        manifest_of(described('{"page": 1}', str(path)))
    assert caught.value.position.line == 0
    assert "page has a wrong shape" in str(caught.value)


def test_a_manifest_without_a_file_is_named_by_its_connector():
    with pytest.raises(
        ConnectorLoadError, match="The manifest of small: page has a wrong"
    ) as caught:
        manifest_of(described('{"page": 1}'))
    assert caught.value.position is None
