from __future__ import annotations

import json

import pytest

from connectors.contract.manifest import Manifest, ManifestError, read_manifest


@pytest.fixture
def write(tmp_path):
    def write_it(data):
        path = tmp_path / "manifest.json"
        text = data if isinstance(data, str) else json.dumps(data)
        path.write_text(text, encoding="utf-8")
        return path

    return write_it


FIELD = {"const": "pipeline", "contactDependent": True, "unheardOf": 1}
ENTRY = {
    "displayName": "One",
    "contactTypes": [{"value": "Lead", "display": "A lead"}],
    "page": {"callLog": {"additionalFields": [FIELD]}},
}


def test_one_entry_is_read_and_unknown_keys_are_left_alone(write):
    manifest = read_manifest(write({"name": "one"} | ENTRY))
    assert isinstance(manifest, Manifest)
    assert (manifest.name, manifest.display_name) == ("one", "One")
    assert manifest.contact_types[0].display == "A lead"
    (field,) = manifest.page.call_log.additional_fields
    assert (field.const, field.type, field.contact_dependent) == ("pipeline", "selection", True)


def test_productions_file_gives_the_platform_asked_for(write):
    path = write({"platforms": {"one": ENTRY, "two": {"displayName": "Two"}}})
    assert read_manifest(path, "two").display_name == "Two"
    assert read_manifest(path, "one").name == "one"
    with pytest.raises(ManifestError, match="one, two: name one"):
        read_manifest(path)


def test_the_only_platform_needs_no_name(write):
    assert read_manifest(write({"platforms": {"one": ENTRY}})).name == "one"


def test_a_byte_order_mark_is_skipped(write):
    assert read_manifest(write("\ufeff" + json.dumps({"name": "one"}))).name == "one"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "not JSON"),
        ({"platforms": {}}, "none"),
        ([], "object"),
        ({"displayName": "x"}, "`name`"),
        ({"name": "x", "contactTypes": [{"display": "no value"}]}, "contactTypes"),
        (
            {"name": "x", "page": {"newContact": {"additionalFields": [{"const": 1.5}]}}},
            "page.newContact.additionalFields",
        ),
        ({"name": "x", "contactTypes": 5}, "contactTypes"),
        ({"platforms": {"one": "text"}}, "manifest.json"),
    ],
)
def test_an_unusable_manifest_names_the_file_and_the_key(write, data, said):
    path = write(data)
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_an_unknown_platform_is_not_replaced_by_another(write):
    with pytest.raises(ManifestError, match="one"):
        read_manifest(write({"platforms": {"one": ENTRY}}), "two")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ManifestError, match=r"nowhere\.json"):
        read_manifest(tmp_path / "nowhere.json")
