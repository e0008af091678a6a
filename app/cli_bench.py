"""The verbs that drive a connector: invoke, find, search, create, log."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from app.account import sign_in_to, with_values
from app.bench import Bench, Run
from app.checks import Finding, check
from app.checks.memory import RunMemory
from app.cli_result import (
    CONNECTOR_FAILED,
    DONE,
    WRONG_USAGE,
    CommandError,
    print_result,
)
from app.connections import (
    DEFAULT_TIMEOUT_S,
    Connection,
    ConnectionFile,
    ConnectionUnusableError,
    sandbox_connection,
    sandbox_platform,
)
from app.evidence import Evidence, evidence_of
from app.explain.matrix import match_matrix
from app.explain.verdict import verdict_of
from app.failure import failure_sentence
from app.home import home
from app.journal import Journal
from app.sandbox.process import start_or_join
from app.vault import open_vault
from app.version import version
from connectors.contract.exchange import Exchange
from connectors.contract.har import to_har
from connectors.contract.hosting import (
    ConnectorHost,
    ConsoleEvent,
    ErrorInfo,
    ExchangeEvent,
    FindingEvent,
    HostEvent,
    InvokeOptions,
)
from connectors.contract.manifest import AuthField, Manifest
from connectors.contract.model import CallContact, CallLog, CallParty, to_wire
from connectors.host.load import ConnectorLoadError
from connectors.host.local import LocalHost
from connectors.host.manifest import manifest_of
from connectors.host.process import HostProcess
from connectors.runtime.store import CoreStore
from connectors.runtime.transport import RouteError, parse_routes

USAGE_ERRORS = ("InvalidInputError", "UnknownOperationError", "CassetteError")


def invoke(options: argparse.Namespace) -> int:
    """``callbench invoke``: one operation with exactly this input."""
    given = _read_input(options.input)
    routes = _routes(options)
    cassette = str(Path(options.replay).absolute()) if options.replay else ""

    async def work() -> int:
        events: list[HostEvent] = []
        host = _host(options)
        try:
            await host.describe()
            reply = await host.invoke(
                options.operation,
                given,
                options=InvokeOptions(routes=routes, secrets=_secrets_in(given), cassette=cassette),
                timeout_s=options.timeout or DEFAULT_TIMEOUT_S,
                on_event=events.append,
            )
        finally:
            await host.close()
        error = reply.error
        for event in events:
            if isinstance(event, FindingEvent):
                print(f"{event.code}: {event.message}", file=sys.stderr)
        exchanges = [event.exchange for event in events if isinstance(event, ExchangeEvent)]
        if options.record:
            _write(Path(options.record), to_har(exchanges, version()))
        document = {
            "result": to_wire(reply.result),
            "requests": [request_document(exchange) for exchange in exchanges],
            "console": [
                {"stream": event.stream, "text": event.text}
                for event in events
                if isinstance(event, ConsoleEvent)
            ],
            "error": error_document(error),
            "ms": round(reply.ms, 1),
        }
        print_result(options, document, json.dumps(document["result"], indent=2, default=str))
        return _exit_code(error, options.platform)

    return run_loop(work)


def find(options: argparse.Namespace) -> int:
    """``callbench find``: who is calling, and why?"""
    return _drive(
        options,
        lambda bench: bench.find(
            options.number,
            options.format,
            is_extension=options.extension,
            force_refresh=options.refresh,
        ),
        explain=explanation,
    )


def search(options: argparse.Namespace) -> int:
    """``callbench search``: contacts by name."""
    return _drive(options, lambda bench: bench.search(options.name))


def create(options: argparse.Namespace) -> int:
    """``callbench create``: a new contact."""
    fields = _fields(options.field)
    return _drive(
        options, lambda bench: bench.create(options.number, options.name, options.type, fields)
    )


def log(options: argparse.Namespace) -> int:
    """``callbench log``: a call that has just ended, logged to a contact."""
    fields = _fields(options.field)
    theirs = CallParty(phone_number=options.number)
    inbound = options.direction == "inbound"
    session = uuid.uuid4().hex
    call_log = CallLog(
        session_id=session,
        telephony_session_id=session,
        id=session,
        direction="Inbound" if inbound else "Outbound",
        from_=theirs if inbound else CallParty(name="Callbench"),
        to=CallParty(name="Callbench") if inbound else theirs,
        start_time=int(time.time() * 1000) - 60_000,
        duration=60,
        result="Call connected",
    )
    contact = CallContact(
        id=int(options.contact) if options.contact.isdecimal() else options.contact,
        type=options.contact_type or None,
        phone_number=options.number,
        name=options.number,
    )
    return _drive(options, lambda bench: bench.log(call_log, contact, options.note, fields))


def request_document(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as ``requests`` of the command line shows it."""
    return {
        "method": exchange.method,
        "url": exchange.url,
        "headers": dict(exchange.headers),
        "body": exchange.body.text if exchange.body and exchange.body.size else None,
        "status": exchange.status,
        "ms": round(exchange.ms, 1),
    }


def error_document(error: ErrorInfo | None) -> dict[str, Any] | None:
    """Return an error as ``error`` of the command line shows it."""
    if error is None:
        return None
    return {"type": error.type, "message": error.message, "status": error.status}


def explanation(evidence: Evidence) -> dict[str, Any]:
    """Return ``verdict`` and ``candidates`` of a lookup as the command line shows them."""
    matrix = match_matrix(evidence)
    verdict = verdict_of(evidence, matrix)
    shown = [each for each in evidence.exchanges if each.id in verdict.exchanges]
    return {
        "verdict": {
            "code": verdict.code,
            "text": verdict.text,
            "proven": verdict.proven,
            "evidence": [f"{each.method} {each.url}" for each in shown],
        },
        "candidates": [
            {
                "text": candidate.text,
                "rule": candidate.rule,
                "asked": candidate.asked,
                "reason": candidate.reason or None,
                "fields": [
                    {
                        "object": column.object,
                        "field": column.field,
                        "state": cell.state,
                        "hits": cell.hits,
                        "ms": round(cell.ms, 1),
                    }
                    for at, column in enumerate(matrix.columns)
                    if (cell := matrix.cell(row, at)).exchanges
                ],
            }
            for row, candidate in enumerate(matrix.candidates)
        ],
    }


def _drive(
    options: argparse.Namespace,
    verb: Callable[[Bench], Awaitable[Run]],
    explain: Callable[[Evidence], dict[str, Any]] | None = None,
) -> int:
    async def work() -> int:
        async with open_bench(options) as bench:
            run = await verb(bench)
            evidence = evidence_of(bench.journal.events(run.run_id), run.run_id)
            memory = RunMemory(home())
            findings = check(evidence, bench.manifest, earlier=memory.before(evidence))
            memory.keep(evidence)
        answer = run.outcome.answer
        explained = explain(evidence) if explain is not None else {}
        document = {
            **answer,
            "cached": run.outcome.cached,
            **explained,
            "requests": len(run.exchanges),
            "findings": [
                {
                    "rule": finding.rule,
                    "severity": finding.severity,
                    "text": finding.text,
                    "mend": finding.mend,
                    "proof": list(finding.proof),
                }
                for finding in findings
            ],
            "error": error_document(run.outcome.error),
            "ms": round(run.ms, 1),
        }
        verdict = explained.get("verdict", {}).get("text", "")
        print_result(options, document, _summary(run, findings, verdict))
        code = _exit_code(run.outcome.error, options.platform)
        if run.outcome.error is not None and run.outcome.error.type == "NotConnectedError":
            print(_how_to_sign_in(bench.manifest), file=sys.stderr)
        return code

    return run_loop(work)


@asynccontextmanager
async def open_bench(options: argparse.Namespace) -> AsyncIterator[Bench]:
    """Open the connection that the options name: a saved one, a sandbox, or a path.

    Raises:
        CommandError: there is no such connection, or its routes cannot be used.
        ConnectorLoadError: the connector cannot be loaded.
    """
    folder = home()
    sandbox = None
    try:
        keep_user = None
        if options.connection:
            saved = ConnectionFile(folder, open_vault())
            connection = saved.read(options.connection)
            keep_user = saved.user_keeper(connection)
        elif platform := sandbox_platform(options.platform):
            sandbox = await start_or_join(folder)
            connection = sandbox_connection(platform, sandbox.urls)
        else:
            connection = Connection(
                id=options.platform, name=options.platform, platform=options.platform
            )
        if options.route:
            connection = _replace(connection, routes=_routes(options))
        if options.timeout:
            connection = _replace(connection, timeout_s=options.timeout)
        store = CoreStore(folder / "core.sqlite")
        host = _host(options)
        try:
            # A comparison has two connectors, and no sign-in.
            if entered := getattr(options, "sign_in", []):
                connection = await _signed_in(connection, host, _fields(entered, "--sign-in"))
            bench = Bench(connection, host, store, Journal(), keep_user=keep_user)
            await bench.open()
            yield bench
        finally:
            await host.close()
            store.close()
    except ConnectionUnusableError as error:
        raise CommandError(str(error)) from error
    finally:
        if sandbox is not None:
            await sandbox.close()


async def _signed_in(
    connection: Connection, host: ConnectorHost, entered: dict[str, str]
) -> Connection:
    """Return the connection with the account that the fields of the sign-in page open.

    Raises:
        CommandError: the connector says no, a file cannot be read, or a field is missing.
        ConnectorLoadError: the connector cannot be loaded.
    """
    values = {const: _value(text) for const, text in entered.items()}
    fields = _sign_in_page(manifest_of(await host.describe()))
    missing = [field.const for field in fields if field.required and not values.get(field.const)]
    if missing:
        raise CommandError(f"The sign-in needs {missing[0]}: --sign-in {missing[0]}=VALUE.")
    connection = _replace(
        connection,
        user=with_values(connection.user, values),
        secret_info=tuple(field.const for field in fields if field.secret),
    )
    signed = await sign_in_to(connection, host)
    if signed.user is None:
        said = failure_sentence(signed.error, connection.platform) if signed.error else ""
        raise CommandError(said or signed.message, CONNECTOR_FAILED)
    return _replace(connection, user=signed.user)


def _sign_in_page(manifest: Manifest) -> tuple[AuthField, ...]:
    page = manifest.auth.api_key
    return page.page.content if page else ()


def _value(text: str) -> str:
    """Return a value as given, or what the file after ``@`` holds: no key in the shell's history.

    Raises:
        CommandError: the file cannot be read.
    """
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise CommandError(
            f"Cannot read {text[1:]} ({reason}): name a text file that you may read."
        ) from error


def _replace(connection: Connection, **changes: Any) -> Connection:
    import msgspec  # noqa: PLC0415

    return msgspec.structs.replace(connection, **changes)


def _host(options: argparse.Namespace) -> ConnectorHost:
    return LocalHost(options.platform) if options.in_process else HostProcess(options.platform)


def run_loop(work: Callable[[], Awaitable[int]]) -> int:
    """Run a verb's work on a loop of its own; return its exit code.

    Raises:
        CommandError: the connector cannot be loaded.
    """

    async def guarded() -> int:
        return await work()

    try:
        return asyncio.run(guarded())
    except ConnectorLoadError as error:
        raise CommandError(str(error)) from error


def _routes(options: argparse.Namespace) -> dict[str, str]:
    try:
        return parse_routes(options.route)
    except RouteError as error:
        raise CommandError(str(error)) from error


def _read_input(name: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise CommandError(
            f"Cannot read the input {name} ({reason}): name a JSON file that you may read."
        ) from error
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = "standard input" if name == "-" else name
        raise CommandError(
            f"The input in {where} is not JSON ({error}): write the operation's argument as a JSON "
            "object."
        ) from error
    if not isinstance(data, dict):
        raise CommandError(
            "The input must be a JSON object, the operation's argument as production sends it."
        )
    return data


def _write(path: Path, data: bytes) -> None:
    """Write a file for its owner only; an older one is replaced as a whole."""
    draft = path.with_name(f"{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        raise CommandError(
            f"The recording {path} cannot be written ({error.strerror}): name another file."
        ) from error


def _fields(pairs: list[str], option: str = "--field") -> dict[str, str]:
    fields = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key:
            raise CommandError(f"{option} wants KEY=VALUE, not '{pair}'.")
        fields[key] = value
    return fields


def _secrets_in(given: dict[str, Any]) -> tuple[str, ...]:
    """Return the secret values that an input carries, so that they are redacted by value too."""
    user = given.get("user")
    user = user if isinstance(user, dict) else {}
    info = user.get("platformAdditionalInfo")
    info = info if isinstance(info, dict) else {}
    values = [user.get("accessToken"), user.get("refreshToken"), given.get("apiKey")]
    values += [info.get("bhRestToken"), info.get("apiKey")]
    header = given.get("authHeader")
    if isinstance(header, str) and header:
        values.append(header.split(" ", 1)[-1])
    return tuple(value for value in values if isinstance(value, str) and value)


def _exit_code(error: ErrorInfo | None, platform: str) -> int:
    if error is None:
        return DONE
    print(failure_sentence(error, platform), file=sys.stderr)
    return WRONG_USAGE if error.type in USAGE_ERRORS else CONNECTOR_FAILED


def _how_to_sign_in(manifest: Manifest) -> str:
    fields = [field.const for field in _sign_in_page(manifest) if field.required]
    given = " ".join(f"--sign-in {const}=VALUE" for const in fields or ["apiKey"])
    return f"Sign in with {given}, or name a saved connection with --connection."


def _summary(run: Run, findings: Sequence[Finding], verdict: str) -> str:
    lines = []
    for contact in run.contacts:
        if not contact.is_new_contact:
            kind = contact.type or "contact"
            lines.append(f"{contact.name}  {kind} - {contact.id}")
    if run.outcome.answer.get("logId"):
        lines.append(f"Logged as {run.outcome.answer['logId']}.")
    message = run.message
    if message:
        lines.append(str(message["message"]))
    if not lines:
        lines.append("No match." if run.outcome.error is None else "")
    if verdict:
        lines.append(verdict)
    lines += [f"{finding.severity}: {finding.text}" for finding in findings]
    origin = "from the account's cache" if run.outcome.cached else f"{len(run.exchanges)} requests"
    lines.append(f"({origin}, {run.ms:.0f} ms)")
    return "\n".join(line for line in lines if line)
