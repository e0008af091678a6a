"""The verbs that need no connection: formats, connectors, sandbox, tour, doctor."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli_result import CONNECTOR_FAILED, DONE, EXPECTATION_FAILED, CommandError, print_result
from app.home import home

if TYPE_CHECKING:
    from connectors.contract.hosting import Description


def formats(options: argparse.Namespace) -> int:
    """``callbench formats``: how each format spells a number."""
    from connectors import phone  # noqa: PLC0415

    number = phone.parse(options.number)
    candidates = phone.candidates(number, options.format)
    document = {
        "number": {
            "input": number.input,
            "e164": number.e164,
            "region": number.region,
            "countryCode": number.country_code,
            "nationalSignificantNumber": number.national_significant_number,
            "valid": number.valid,
        },
        "candidates": [dataclasses.asdict(candidate) for candidate in candidates],
    }
    validity = "valid" if number.valid else "not a valid international number"
    lines = [f"{number.e164 or number.input}: {validity}"]
    lines += [
        f"  {candidate.format!r}: "
        + (candidate.text or "" if candidate.status == "ok" else f"skipped ({candidate.reason})")
        for candidate in candidates
    ]
    print_result(options, document, "\n".join(lines))
    return DONE


def connectors(options: argparse.Namespace) -> int:
    """``callbench connectors``: what the built-in connectors, or those at paths, can do.

    Without paths the servers of saved connections are listed too, also one that does not answer.

    Raises:
        CommandError: one of them cannot be loaded.
    """
    from app.connections import ConnectionFile, ConnectionUnusableError  # noqa: PLC0415
    from app.vault import SessionVault  # noqa: PLC0415
    from connectors.appconnect.address import KIND as SERVER  # noqa: PLC0415
    from connectors.contract.hosting import ConnectorHost, Description  # noqa: PLC0415
    from connectors.host.load import ConnectorLoadError, builtin_platforms  # noqa: PLC0415
    from connectors.host.local import LocalHost  # noqa: PLC0415
    from connectors.host.process import HostProcess  # noqa: PLC0415

    async def described(host: ConnectorHost) -> Description:
        try:
            return await host.describe()
        finally:
            await host.close()

    async def rows() -> list[dict[str, Any]]:
        hosts: list[ConnectorHost] = [HostProcess(path) for path in options.paths]
        found = []
        for host in hosts or [LocalHost(platform) for platform in builtin_platforms()]:
            try:
                found.append(_connector_row(await described(host)))
            except ConnectorLoadError as error:
                raise CommandError(str(error)) from error
        # Of the connections only names and addresses are read: no secret is needed.
        saved = [] if options.paths else ConnectionFile(home(), SessionVault()).servers()
        for name, address in saved:
            try:
                row = _connector_row(await described(LocalHost(address)))
            except ConnectorLoadError as error:
                row = _connector_row(
                    Description(
                        platform=address,
                        display_name=name,
                        kind=SERVER,
                        auth_type="other",
                        log_format="",
                        operations=(),
                    )
                )
                row["problem"] = str(error)
            found.append(row | {"connection": name, "address": address})
        return found

    try:
        listed = asyncio.run(rows())
    except ConnectionUnusableError as error:
        raise CommandError(str(error)) from error
    text = "\n".join(
        f"{row['platform']:<12} {row['displayName']} ({row['kind']}, {row['auth']}): "
        + (row.get("problem") or ", ".join(row["operations"]))
        for row in listed
    )
    print_result(options, listed, text)
    return DONE


def _connector_row(description: Description) -> dict[str, Any]:
    return {
        "platform": description.platform,
        "displayName": description.display_name,
        "kind": description.kind,
        "auth": description.auth_type,
        "operations": list(description.operations),
        "contactTypes": description.manifest.get("contactTypes") or [],
    }


def sandbox(options: argparse.Namespace) -> int:
    """``callbench sandbox``: run the embedded CRM, or change its data."""
    from app.sandbox import edit  # noqa: PLC0415
    from app.sandbox.errors import SandboxError  # noqa: PLC0415

    folder = home()
    try:
        if options.action == "add":
            added = edit.add(
                folder,
                options.platform,
                options.name,
                options.phone,
                phone_field=options.phone_field,
                type=options.type,
            )
            print_result(options, added, f"Added {added['type']} {added['id']}.")
        elif options.action == "reset":
            edit.reset(folder)
            from app.checks.memory import RunMemory  # noqa: PLC0415
            from app.sandbox.schema import PLATFORMS  # noqa: PLC0415
            from connectors.runtime.store import CoreStore  # noqa: PLC0415

            cache = CoreStore(folder / "core.sqlite")
            for platform in PLATFORMS:
                cache.clear_account("sandbox", platform)
            cache.close()
            RunMemory(folder).forget("sandbox-")
            print_result(options, {"reset": True}, "The sandbox has its sample contacts again.")
        elif options.action == "urls":
            return asyncio.run(_sandbox_urls(options))
        else:
            _serve_sandbox(options, folder)
    except SandboxError as error:
        raise CommandError(str(error)) from error
    return DONE


async def _sandbox_urls(options: argparse.Namespace) -> int:
    from app.sandbox.process import running  # noqa: PLC0415

    urls = await running(home())
    if urls is None:
        raise CommandError(
            "No sandbox is running: start one with 'callbench sandbox'.", CONNECTOR_FAILED
        )
    print_result(options, urls, "\n".join(f"{name:<10} {url}" for name, url in urls.items()))
    return DONE


def _serve_sandbox(options: argparse.Namespace, folder: Path) -> None:
    from app.sandbox import server  # noqa: PLC0415
    from app.sandbox.process import sandbox_urls  # noqa: PLC0415

    def ready(url: str) -> None:
        print(f"The sandbox CRM is at {url} (Ctrl+C stops it).", file=sys.stderr)
        urls = sandbox_urls(url)
        print_result(options, urls, "\n".join(f"{name:<10} {at}" for name, at in urls.items()))
        if options.open:
            webbrowser.open(url)

    server.run(
        folder,
        port=options.port,
        contacts=options.contacts,
        delay_ms=options.delay,
        index_delay_s=options.index_delay,
        faults=options.fault,
        on_ready=ready,
    )


def tour(options: argparse.Namespace) -> int:
    """``callbench tour``: the guided demo in the real window."""
    from app.main import play_tour  # noqa: PLC0415

    report = play_tour(Path(options.out) if options.out else None)
    steps = report["steps"]
    failed = [step["name"] for step in steps if not step["ok"]]
    print_result(
        options,
        report,
        f"{len(steps) - len(failed)} of {len(steps)} steps passed."
        + (f" Failed: {', '.join(failed)}." if failed else ""),
    )
    return EXPECTATION_FAILED if failed or not steps else DONE


def doctor(options: argparse.Namespace) -> int:
    """``callbench doctor``: what this machine lacks, each with the fix."""
    from app.doctor import report  # noqa: PLC0415

    document = report()
    lines = []
    for check in document["checks"]:
        lines.append(f"{'ok  ' if check['ok'] else 'FIX '} {check['name']}: {check['detail']}")
        if not check["ok"] and check["fix"]:
            lines.append(f"      -> {check['fix']}")
    print_result(options, document, "\n".join(lines))
    return DONE if document["ok"] else EXPECTATION_FAILED
