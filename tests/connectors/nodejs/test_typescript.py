"""Connectors in TypeScript, run by the compiler that their own project has."""

import json
import shutil

import pytest

from connectors.host.load import ConnectorLoadError

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")

# As much of the compiler's interface as the host uses: it takes the types of parameters away.
COMPILER = r"""
exports.ModuleKind = { CommonJS: 1 };
exports.sys = { readFile: (file) => require('fs').readFileSync(file, 'utf8') };
exports.readConfigFile = (file, read) => ({ config: JSON.parse(read(file)) });
exports.parseJsonConfigFileContent = (given) => ({ options: { ...given.compilerOptions } });
exports.flattenDiagnosticMessageText = (text) => text;
exports.transpileModule = (text, { fileName, compilerOptions }) => {
  globalThis.compiled ??= [];
  globalThis.compiled.push(compilerOptions);
  const start = text.indexOf(': =');
  const file = { fileName };
  const diagnostics = [{ messageText: 'Unknown option.' }];
  if (start >= 0) diagnostics.push({ file, start, messageText: 'Type expected.' });
  return { outputText: text.replace(/: [A-Z]\w+/g, ''), diagnostics };
};
"""
FIND = """
function nobody(given: Given) {
  throw new Error('no such row');
}
module.exports = async (given: Given) => {
  if (given.phoneNumber === '') nobody(given);
  return { did: given.phoneNumber, compiled: globalThis.compiled };
};
"""


@pytest.fixture
def project(tmp_path):
    """A project whose compiler is installed, with a connector of two files."""
    compiler = tmp_path / "node_modules" / "typescript"
    compiler.mkdir(parents=True)
    (compiler / "index.js").write_text(COMPILER)
    (tmp_path / "package.json").write_text("{}")
    options = {"target": "ES2020", "outDir": "dist", "moduleResolution": "Node"}
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options}))
    pieces = tmp_path / "src" / "interfaces"
    pieces.mkdir(parents=True)
    (pieces / "findContact.ts").write_text(FIND)
    source = tmp_path / "src" / "myCRM.ts"
    source.write_text("exports.findContact = require('./interfaces/findContact');\n")
    return tmp_path


@pytest.mark.parametrize("path", ["src/myCRM.ts", "src", "src/interfaces/findContact.ts"])
async def test_the_project_s_compiler_runs_it_without_tsx(project, drive, path):
    host, call = drive(project / path)
    assert (await host.describe()).operations == ("findContact",)
    result = (await call("findContact", {"phoneNumber": "+1"})).result
    assert result["did"] == "+1"
    # The project's options, without those about files that are written or looked for.
    assert result["compiled"][0] == {
        "target": "ES2020",
        "module": 1,
        "inlineSourceMap": True,
        "esModuleInterop": True,
    }


async def test_a_stack_names_the_line_in_the_typescript_file(project, drive):
    _host, call = drive(project / "src" / "myCRM.ts")
    error = (await call("findContact", {"phoneNumber": ""})).error
    assert error.message == "no such row"
    assert "(src/interfaces/findContact.ts:3:" in error.stack


async def test_a_syntax_error_has_its_place(project, drive):
    wrong = project / "src" / "interfaces" / "findContact.ts"
    wrong.write_text("const one = 1;\nconst two: = 2;\n")
    host, _call = drive(project / "src" / "myCRM.ts")
    with pytest.raises(ConnectorLoadError, match=f"{wrong}:2: Type expected\\.$"):
        await host.describe()


async def test_an_es_module_is_not_given_to_the_compiler(project, drive, node_strips_types):
    (project / "package.json").write_text('{"type": "module"}')
    host, _call = drive(project / "src" / "interfaces" / "findContact.ts")
    wanted = "module is not defined" if node_strips_types else "run npm install tsx in"
    with pytest.raises(ConnectorLoadError, match=wanted):
        await host.describe()
