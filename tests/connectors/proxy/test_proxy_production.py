"""Templates and mappings beside production's own engine, over thousands of made-up cases."""

import json
import random
import subprocess

import pytest

from connectors.proxy import mapping
from connectors.proxy.config import read_config
from connectors.proxy.template import plain, render
from tests.connectors.appconnect.real_core import installed, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "installed")

ENGINE = "node_modules/@app-connect/core/dist/connector/proxy/engine.js"
SCRIPT = """
const engine = require(process.argv[1]);
const run = {
  render: ([template, values]) => engine.renderDeep({ made: template }, values),
  contacts: ([config, data]) => engine.mapFindContactResponse({ config, response: { data } }),
  log: ([config, data]) => engine.mapCreateCallLogResponse({ config, response: { data } }),
};
const [kind, cases] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(cases.map(run[kind])));
"""
VALUES = {
    "a": {"b": [1, 2.5, {"c": "x"}], "n": None, "t": True, "f": 1e21, "s": "hey", "o": {}},
    "u": 1e-7,
    "k": "",
    "l": [],
    "big": 2**53,
    "z": 0,
}
PIECES = (
    "{{", "}}", "{", "}", " ", "\t", "\n", "\u00a0", "a", "a.b", "a.b.0", "a.b.2.c", "a.n", "a.t",
    "a.f", "a.s", "a.s.0", "a.s.length", "a.o", "a.", "u", "k", "l", "l.length", "big", "z", "no",
    "$", ".", "text",
)  # fmt: skip
ANSWERS = (
    [], {}, None, "", 0, {"id": 5}, {"id": "x"}, {"id": 0}, {"key": 7.5, "id": None},
    [{"id": 1, "name": "Ada", "type": "", "additionalInfo": {}}, {"key": "k", "name": None}],
    {"data": [{"id": 2, "title": 0, "company": False, "createdDate": 5, "phone": ""}]},
    {"data": {"rows": [{"id": [1], "name": {"first": "Ada"}, "additionalInfo": 0}]}},
)  # fmt: skip
PATHS = (None, "", "$", "id", "key", "name", "name.first", "body", "body.id", "body.data")


def production(kind, cases):
    """Return what production makes of each case."""
    done = subprocess.run(
        ["node", "-e", SCRIPT, str(installed() / ENGINE)],
        input=json.dumps([kind, cases]),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def given(**paths):
    return {key: path for key, path in paths.items() if path is not None}


def test_templates_are_rendered_as_production_renders_them():
    random_of = random.Random(4)
    templates = ["".join(random_of.choices(PIECES, k=random_of.randint(1, 7))) for _ in range(5000)]
    templates += [
        text.format(piece) for piece in PIECES for text in ("{{{{{}}}}}", "{{{{ {} }}}}x")
    ]
    theirs = production("render", [[template, VALUES] for template in templates])
    ours = [plain(render({"made": each}, VALUES, lambda _path: None)) for each in templates]
    different = [each for each in zip(templates, ours, theirs, strict=True) if each[1] != each[2]]
    assert different == []


def cases_of(operation, mappings):
    configs = [
        {"auth": {}, "operations": {operation: {"responseMapping": each}}} for each in mappings
    ]
    return [[config, answer] for config in configs for answer in ANSWERS]


def read(config, operation):
    return getattr(read_config(json.dumps(config)).config.operations, operation).response_mapping


def test_contacts_are_read_as_production_reads_them():
    lists = (None, "", "body", "body.data", "body.data.rows", "body.no")
    mappings = [
        given(listPath=where) | {"item": given(idPath=path, namePath=path, typePath=path)}
        for where in lists
        for path in PATHS
    ]
    cases = [
        [config, answer]
        for config, answer in cases_of("findContact", mappings)
        if is_list(answer, config["operations"]["findContact"]["responseMapping"].get("listPath"))
    ]
    assert len(cases) > 200
    ours = [mapping.contacts(data, read(config, "find_contact"), "x") for config, data in cases]
    assert ours == production("contacts", cases)


def is_list(answer, path):
    """Tell whether production finds a list or nothing there; on the rest it stumbles."""
    value = {"body": answer}
    for part in (path or "body").split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return isinstance(value, list) or (not value and value != {})


def test_the_id_of_a_log_is_read_as_production_reads_it():
    cases = cases_of("createCallLog", [given(idPath=path) for path in PATHS if path != "$"])
    ours = [mapping.log_id(data, read(config, "create_call_log")) for config, data in cases]
    assert ours == [each.get("logId") for each in production("log", cases)]
