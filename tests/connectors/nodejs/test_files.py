"""What belongs to a connector in JavaScript beside its own file."""

import json

import pytest

from connectors.host.load import sources_of
from connectors.nodejs.files import data_of, imported_files


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def project(tmp_path):
    """A project as users have it: one file that requires a file for each operation."""
    write(tmp_path, **{
        "package.json": "{}",
        "nodemon.json": json.dumps({"ignore": ["node_modules", "./src/rows.json", "src/*.log.js"]}),
        "src__crm.ts": "exports.findContact = require('./interfaces/findContact');\n"
        "export { log } from './log.js'; import axios from 'axios';",
        "src__interfaces__findContact.ts": "const rows = require('../rows.json');\n"
        "const { wire } = await import(\"../wire\"); require('./gone'); require('../crm');",
        "src__wire__index.js": "import '../names.mjs'",
        "src__names.mjs": "",
        "src__log.ts": "",
        "src__rows.json": "[]",
        "src__other.ts": "",
    })  # fmt: skip
    return tmp_path


def test_what_it_imports_belongs_to_it_and_what_that_imports(project):
    found = imported_files(project / "src" / "crm.ts")
    names = {path.relative_to(project / "src").as_posix() for path in found}
    assert names == {
        "interfaces/findContact.ts",
        "log.ts",
        "rows.json",
        "wire/index.js",
        "names.mjs",
    }


def test_a_folder_is_asked_by_its_index(tmp_path):
    write(tmp_path, **{"crm__index.js": "require('../phones')", "phones.js": ""})
    assert imported_files(tmp_path / "crm") == (tmp_path / "phones.js",)
    assert imported_files(tmp_path) == ()
    assert imported_files(tmp_path / "gone.js") == ()


def test_data_is_what_nodemon_ignores(project):
    is_data = data_of(project / "src" / "crm.ts")
    assert is_data(project / "src" / "rows.json")
    assert is_data(project / "src" / "a.log.js")
    assert is_data(project / "node_modules" / "axios" / "index.js")
    assert not is_data(project / "src" / "crm.ts")
    assert not is_data(project.parent / "rows.json")


@pytest.mark.parametrize("settings", [None, "no JSON", "[]", "{}", '{"ignore": 3}'])
def test_without_such_settings_nothing_is_data(project, settings):
    if settings is None:
        (project / "nodemon.json").unlink()
    else:
        (project / "nodemon.json").write_text(settings)
    assert not data_of(project / "src")(project / "src" / "rows.json")


def test_the_digest_follows_what_is_imported_and_not_the_data(project):
    source = str(project / "src" / "crm.ts")
    before = sources_of(source).digest()
    (project / "src" / "rows.json").write_text("[1]")
    (project / "src" / "other.ts").write_text("1")
    assert sources_of(source).digest() == before
    (project / "src" / "interfaces" / "findContact.ts").write_text("// changed")
    assert sources_of(source).digest() != before
