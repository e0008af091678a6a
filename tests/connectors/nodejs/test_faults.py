"""Whatever a connector in JavaScript does: one clear sentence, and the next operation works."""

import asyncio
import json
import shutil
import time
from pathlib import Path

import pytest

from connectors.contract.hosting import ConsoleEvent, SourcePosition
from connectors.host.load import ConnectorLoadError
from connectors.nodejs.node import node_command
from tests.connectors.host.protocol_suite import HostProtocol
from tests.connectors.nodejs.conftest import DATA

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")

BODY = r"""
    const what = given.phoneNumber;
    const fs = require('fs');
    const { spawnSync } = require('child_process');
    if (what === 'raise') throw new TypeError('boom');
    if (what === 'text') throw 'just words';
    if (what === 'object') throw { code: 5 };
    if (what === 'nothing') throw undefined;
    if (what === 'exit') process.exit(3);
    if (what === 'lost') return new Promise(() => setTimeout(() => { throw new Error('lost.'); }));
    if (what === 'after') setTimeout(() => Promise.reject(new Error('after it')), 20);
    if (what === 'huge') return 'x'.repeat(20e6);
    if (what === 'circle') { const circle = {}; circle.own = circle; return circle; }
    if (what === 'big number') return { id: 10n };
    if (what === 'function') return () => 1;
    if (what === 'sleep' || what === 'block') console.log('under way');
    if (what === 'sleep') await new Promise(() => {});
    if (what === 'block') for (;;);
    if (what === 'late') { Promise.reject(new Error('too late')); setTimeout(() => { throw 1; }); }
    if (what === 'late') await new Promise((done) => setTimeout(done, 20));
    if (what === 'megabytes') console.log('y'.repeat(5e6));
    if (what === 'past') fs.writeSync(1, 'past the console: s3cret-value\n{"id": 2, "resu');
    if (what === 'child') spawnSync('echo', ['a child'], { stdio: 'inherit' });
    if (what === 'leak') { console.error('key s3cret-value'); throw new Error('s3cret-value'); }
    if (what === 'unended') process.stdout.write('no end of line');
    console.log('did', what);
    return { did: what };
"""


async def find(call, what, **more):
    return await call("findContact", {"phoneNumber": what}, **more)


async def works(call):
    return (await find(call, "fine")).result == {"did": "fine"}


@pytest.mark.parametrize(
    ("what", "kind", "said"),
    [
        ("raise", "TypeError", "boom"),
        (
            "text",
            "ThrownValueError",
            'findContact threw the text "just words" instead of an Error.',
        ),
        ("object", "ThrownValueError", 'threw {"code":5} instead'),
        ("nothing", "ThrownValueError", "threw undefined instead"),
        (
            "exit",
            "ConnectorExitedError",
            "with exit code 3 in the middle of its work; the next operation gets a new one. "
            "Its last words: process.exit(3) was called at {source}:9",
        ),
        ("huge", "ResultTooLargeError", "returned 20 MB; at most 8 MB"),
        ("circle", "UnserialisableResultError", "circular"),
        ("big number", "UnserialisableResultError", "BigInt"),
        ("function", "UnserialisableResultError", "it is a function"),
    ],
)
async def test_a_failing_connector_leaves_the_host_usable(written, what, kind, said):
    host, call = written(BODY)
    source = (await host.describe()).source
    failed = await find(call, what)
    assert failed.result is None
    assert failed.error.type == kind
    assert said.replace("{source}", source) in failed.error.message
    assert await works(call)


@pytest.mark.parametrize("what", ["sleep", "block"])
async def test_one_that_does_not_answer_in_time_is_ended(written, what):
    host, call = written(BODY)
    await host.describe()
    before = host.pid
    reply = await find(call, what, timeout_s=0.3)
    assert reply.error.type == "ConnectorTimeoutError"
    assert "0.3 s" in reply.error.message
    assert await works(call)
    assert (host.pid == before) is (what == "sleep")


async def test_an_error_in_a_callback_is_why_the_operation_never_ends(written):
    host, call = written(BODY)
    await host.describe()
    reply = await find(call, "lost", timeout_s=0.5)
    assert reply.error.type == "ConnectorTimeoutError"
    assert reply.error.message == (
        "findContact did not answer within 0.5 s: an error that nobody awaits or catches stopped "
        "its work: Error: lost."
    )


class Begun(list):
    """Events; tells when the first one has come."""

    def __init__(self):
        super().__init__()
        self.first = asyncio.Event()

    def append(self, event):
        super().append(event)
        self.first.set()


@pytest.mark.parametrize("what", ["sleep", "block"])
async def test_cancelling_ends_the_operation_within_the_grace(written, what):
    host, call = written(BODY)
    await host.describe()
    before, events = host.pid, Begun()
    task = asyncio.get_running_loop().create_task(find(call, what, events=events))
    await events.first.wait()
    began = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.perf_counter() - began < 2
    assert await works(call)
    assert (host.pid == before) is (what == "sleep")


@pytest.mark.parametrize("way", ["fetch('http://crm.example/')", "http.get('http://crm.example/')"])
async def test_a_cancelled_operation_sends_nothing_more(written, crm, way):
    host, call = written(
        "const http = require('http');"
        "if (given.phoneNumber === 'go on') { globalThis.goOn(); return globalThis.ended; }"
        "console.log('under way');"
        "const goOn = new Promise((done) => { globalThis.goOn = done; });"
        "const why = (error) => (error.cause ?? error).message;"
        f"globalThis.ended = goOn.then(() => {way}).then(() => 'sent', why);"
        "return globalThis.ended;"
    )
    await host.describe()
    before, events = host.pid, Begun()
    task = asyncio.get_running_loop().create_task(
        call("findContact", {"phoneNumber": "x"}, events=events, routes={"*": crm.base})
    )
    await events.first.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    reply = await find(call, "go on", routes={"*": crm.base})
    assert reply.result == "The operation was cancelled."
    assert (crm.asked, host.pid) == ([], before)


async def test_late_rejections_and_exceptions_are_printed_and_harm_nothing(written):
    host, call = written(BODY)
    events = []
    reply = await find(call, "late", events=events)
    assert reply.result == {"did": "late"}
    printed = "\n".join(event.text for event in events if event.stream == "stderr")
    assert "Unhandled rejection: Error: too late" in printed
    assert "Uncaught exception: 1" in printed
    before = host.pid
    assert await works(call)
    assert host.pid == before


async def test_a_rejection_after_the_answer_is_told_to_the_next_operation(written):
    _host, call = written(BODY)
    assert (await find(call, "after")).result == {"did": "after"}
    told = []
    async with asyncio.timeout(20):
        while not told:
            events = []
            await find(call, "fine", events=events)
            told = [event.text for event in events if event.stream == "stderr"]
    (text,) = told
    assert text.startswith("After its operation had ended: Unhandled rejection: Error: after it\n")
    assert await works(call)


async def test_what_is_printed_while_it_is_loaded_is_told_to_the_first_operation(tmp_path, drive):
    source = tmp_path / "small.js"
    source.write_text(
        "console.warn('no key is set'); exports.findContact = async () => ({ did: 'fine' });"
    )
    host, call = drive(source)
    await host.describe()
    events = []
    await find(call, "fine", events=events)
    assert [(event.text, event.stream) for event in events] == [("no key is set", "stderr")]
    assert await works(call)


async def test_megabytes_are_cut_and_the_text_says_so(written):
    _host, call = written(BODY)
    events = []
    assert (await find(call, "megabytes", events=events)).error is None
    assert len(events[0].text) < 70_000
    assert events[0].text.endswith("... cut here: 5,000,000 characters were printed.")


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("what", "line"), [("past", "past the console: [REDACTED]"), ("child", "a child")]
)
async def test_what_goes_past_the_console_does_not_disturb_the_protocol(written, what, line):
    host, call = written(BODY)
    events = []
    # The stream of the process itself: it may come a moment after the answer.
    waits = asyncio.get_running_loop().create_task(
        find(call, "sleep", events=events, secrets=("s3cret-value",))
    )
    await host.describe()
    reply = await find(call, what)
    assert reply.result == {"did": what}
    await until(lambda: line in [each.text for each in events if isinstance(each, ConsoleEvent)])
    waits.cancel()
    await asyncio.gather(waits, return_exceptions=True)


async def test_prints_and_errors_show_no_secret(written):
    _host, call = written(BODY)
    events = []
    reply = await find(call, "leak", events=events, secrets=("s3cret-value",))
    assert reply.error.message == "[REDACTED]"
    assert [(event.text, event.stream) for event in events] == [("key [REDACTED]", "stderr")]
    assert "s3cret" not in reply.error.stack


async def test_a_print_without_end_of_line_comes_before_the_answer(written):
    _host, call = written(BODY)
    events = []
    await find(call, "unended", events=events)
    assert "".join(event.text for event in events) == "no end of linedid unended"


async def test_an_unknown_operation_names_the_known_ones(written):
    _host, call = written(BODY)
    reply = await call("fly")
    assert reply.error.type == "UnknownOperationError"
    assert "it has findContact" in reply.error.message


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("a.js", "const x = ;\n", r"syntax error at .*a\.js:1: Unexpected token"),
        ("a.mjs", "\nexport default {{;\n", r"syntax error at .*a\.mjs:2: Unexpected token"),
        ("b.js", "require('axios');", r"axios is missing: run npm install axios in /.*\.$"),
        (
            "b.mjs",
            "import '@scope/thing/deep';",
            r"thing is missing: run npm install @scope/thing in /",
        ),
        ("c.js", "require('./other');", r"needs \./other, which is not there"),
        ("d.js", "module.exports = {};", "exports no operation: it must export functions such as"),
        ("e.js", "throw new Error('no settings');", r"cannot be loaded: Error: no settings\.$"),
        ("f.js", "throw 'words';", r"cannot be loaded: It threw: words\.$"),
        (
            "g.js",
            "\nprocess.exit(4);",
            r"ended with exit code 4 while it was loaded\. Its last words: "
            r"process\.exit\(4\) was called at .*/g\.js:2$",
        ),
    ],
)
async def test_what_cannot_be_loaded_is_said_in_one_sentence(tmp_path, drive, name, source, said):
    (tmp_path / name).write_text(source)
    host, call = drive(tmp_path / name)
    with pytest.raises(ConnectorLoadError, match=said):
        await host.describe()
    reply = await call("findContact")
    assert reply.error.type in {"ConnectorLoadError", "ConnectorExitedError"}


async def test_a_broken_manifest_is_named(tmp_path, drive):
    (tmp_path / "index.js").write_text("exports.findContact = async () => null;")
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(ConnectorLoadError, match=r"manifest\.json is not JSON"):
        await drive(tmp_path)[0].describe()


@pytest.mark.parametrize(
    ("files", "file", "line", "column"),
    [
        ({"index.js": "\nconst x = ;"}, "index.js", 2, 11),
        ({"index.mjs": "\n\nexport default {{;"}, "index.mjs", 3, 17),
        ({"index.js": "require('./names');", "names.js": "\n\n  let = 5 5;"}, "names.js", 3, 11),
        ({"index.js": "require('./names');", "names.js": "\n  gone();"}, "names.js", 2, 3),
        ({"index.mjs": "import './names.mjs';", "names.mjs": "\n  gone();"}, "names.mjs", 2, 3),
        ({"index.js": "\nrequire('axios');"}, "index.js", 2, 1),
        ({"index.mjs": "\nimport a from 'axios';"}, "index.mjs", 2, 16),
        ({"index.mjs": "\nimport './gone.mjs';"}, "index.mjs", 2, 11),
        ({"index.js": "throw 'words';"}, "index.js", 0, 0),
        ({"index.js": "module.exports = {};"}, "index.js", 0, 0),
        ({"index.js": "", "manifest.json": '{\n "name": }'}, "manifest.json", 2, 10),
        ({"index.js": "", "manifest.json": "[]"}, "manifest.json", 1, 0),
    ],
)
async def test_what_cannot_be_loaded_has_a_position(tmp_path, drive, files, file, line, column):
    (tmp_path / "package.json").write_text("{}")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    if files["index.js" if "index.js" in files else "index.mjs"] == "":
        (tmp_path / "index.js").write_text("exports.findContact = async () => null;")
    host, call = drive(tmp_path)
    with pytest.raises(ConnectorLoadError) as caught:
        await host.describe()
    expected = SourcePosition(file=str(tmp_path / file), line=line, column=column)
    assert caught.value.position == expected
    assert (await call("findContact")).error.position == expected


@pytest.mark.parametrize("name", ["small.mjs", "small.cjs"])
async def test_a_connector_that_was_mended_loads_in_the_same_process(tmp_path, drive, name):
    source = tmp_path / name
    source.write_text("this is no code")
    host, call = drive(source)
    with pytest.raises(ConnectorLoadError):
        await host.describe()
    begin = "export default" if name.endswith("mjs") else "module.exports ="
    source.write_text(begin + " { findContact: async () => ({ did: 'fine' }) };")
    assert await works(call)


@pytest.mark.parametrize(
    ("lock", "declared", "said"),
    [
        ("", ["axios"], "axios is missing: run npm install"),
        ("", ["a", "axios", "here"], "axios and a are missing: run npm install"),
        ("", [*"abcdef", "axios"], "axios, a, b, c, d and 2 more are missing: run npm install"),
        ("", ["a"], "axios is missing: run npm install axios"),
        ("package-lock.json", ["a"], "axios is missing: run npm install axios"),
        ("pnpm-lock.yaml", ["axios"], "axios is missing: run pnpm install"),
        ("yarn.lock", ["axios"], "axios is missing: run yarn install"),
        ("yarn.lock", [], "axios is missing: run yarn add axios"),
    ],
)
async def test_missing_packages_are_named_with_the_command(tmp_path, drive, lock, declared, said):
    packages = {"devDependencies": dict.fromkeys(declared, "^1")}
    (tmp_path / "package.json").write_text(json.dumps(packages))
    (tmp_path / "node_modules" / "here").mkdir(parents=True)
    if lock:
        (tmp_path / lock).write_text("")
    (tmp_path / "small.js").write_text("require('axios');")
    host, _call = drive(tmp_path / "small.js")
    with pytest.raises(ConnectorLoadError) as caught:
        await host.describe()
    assert str(caught.value) == f"{said} in {tmp_path}."


async def test_settings_that_are_missing_are_named_by_their_sample(tmp_path, drive):
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "small.js").write_text("new URL(process.env.CRM_URL); exports.findContact = 1;")
    (tmp_path / ".env.test").write_text("CRM_URL=http://crm.example\n")
    hint = f"{tmp_path} has no .env yet: copy .env.test to .env."
    host, _call = drive(tmp_path / "small.js")
    with pytest.raises(ConnectorLoadError) as said:
        await host.describe()
    assert str(said.value).endswith(f"Invalid URL; {hint}")
    (tmp_path / ".env").write_text("")
    host, _call = drive(tmp_path / "small.js")
    with pytest.raises(ConnectorLoadError) as said:
        await host.describe()
    assert str(said.value).endswith("Invalid URL.")


async def test_a_file_that_starts_a_server_is_known_by_what_it_registers(tmp_path, drive):
    shutil.copytree(DATA / "registered", tmp_path / "crm")
    (tmp_path / "crm" / "app.js").write_text("require('./index'); exports.app = () => 'server';")
    told = await drive(tmp_path / "crm" / "app.js")[0].describe()
    assert (told.platform, "app" in told.operations) == ("registered", False)
    assert "findContact" in told.operations


async def test_typescript_runs_or_says_what_it_needs(tmp_path, drive, node_strips_types):
    (tmp_path / "index.ts").write_text(
        "export async function findContact(given: { phoneNumber: string }) {"
        "  return { did: given.phoneNumber as string };"
        "}"
    )
    host, call = drive(tmp_path)
    if node_strips_types:
        assert await works(call)
    else:
        with pytest.raises(ConnectorLoadError, match=r"run npm install tsx in .*, or use Node"):
            await host.describe()


class TestProtocol(HostProtocol):
    @pytest.fixture
    def command(self, tmp_path):
        source = tmp_path / "small.js"
        source.write_text(f"exports.findContact = async (given) => {{ {BODY} }};")
        return asyncio.run(node_command(source))


def test_the_host_needs_no_package():
    folder = Path(__file__).parents[3] / "resources" / "nodejs"
    for source in folder.glob("*.mjs"):
        for line in source.read_text().splitlines():
            if line.startswith(("import ", "} from ")):
                assert "'node:" in line or "'./" in line, f"{source.name}: {line}"
    assert (folder / "host.mjs").exists()
