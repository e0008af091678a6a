"""The command line: parsing, and what goes to which stream."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn

from app.cli_result import CONNECTOR_FAILED, DONE, INTERRUPTED, CommandError

_MODULES = {
    **dict.fromkeys(("invoke", "find", "search", "create", "log"), "app.cli_bench"),
    "probe": "app.cli_probe",
    "diff": "app.cli_diff",
    "serve": "app.cli_serve",
    "learn-formats": "app.cli_learn",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{message[0].upper()}{message[1:]}. See '{self.prog} --help'.")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs."""
    parser = _Parser(
        prog="callbench",
        description="A desktop test bench for App Connect connectors. Without a verb: the window.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version")
    shared = _Parser(add_help=False)
    shared.add_argument("--debug", action="store_true", help="show tracebacks and debug logs")
    shared.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    connecting = _Parser(add_help=False)
    connecting.add_argument("--connection", metavar="NAME", help="a saved connection")
    connecting.add_argument(
        "--route", action="append", default=[], metavar="HOST=URL", help="send a host elsewhere"
    )
    connecting.add_argument(
        "--in-process", action="store_true", help="no child process, for a debugger"
    )
    connecting.add_argument("--timeout", type=_seconds, metavar="S", help="seconds per operation")
    driving = _Parser(add_help=False, parents=[connecting])
    driving.add_argument("platform", metavar="PLATFORM", help="built-in connector, or a path")
    signing = _Parser(add_help=False)
    signing.add_argument(
        "--sign-in",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a field of the sign-in page, for example apiKey=...; KEY=@FILE reads it from a file",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")

    verb = verbs.add_parser("formats", parents=[shared], help="how formats spell a number")
    verb.add_argument("number", metavar="NUMBER")
    _add_formats(verb)

    verb = verbs.add_parser("connectors", parents=[shared], help="what connectors can do")
    verb.add_argument("paths", nargs="*", metavar="PATH", help="others than the built-in ones")

    verb = verbs.add_parser(
        "invoke", parents=[shared, driving], help="run one operation with exactly this input"
    )
    verb.add_argument("operation", metavar="OPERATION")
    verb.add_argument("--input", required=True, metavar="FILE", help="JSON; - reads stdin")
    tape = verb.add_mutually_exclusive_group()
    tape.add_argument("--record", metavar="F.har", help="keep the requests and answers here")
    tape.add_argument("--replay", metavar="F.har", help="answer from here, without a network")

    verb = verbs.add_parser("find", parents=[shared, driving, signing], help="who is calling?")
    verb.add_argument("number", metavar="NUMBER")
    _add_formats(verb)
    verb.add_argument("--extension", action="store_true", help="the number is an extension")
    verb.add_argument("--refresh", action="store_true", help="go past the account's cache")

    verb = verbs.add_parser(
        "search", parents=[shared, driving, signing], help="search contacts by name"
    )
    verb.add_argument("name", metavar="NAME")

    verb = verbs.add_parser("create", parents=[shared, driving, signing], help="create a contact")
    verb.add_argument("number", metavar="NUMBER")
    verb.add_argument("name", metavar="NAME")
    verb.add_argument("--type", default="", metavar="T", help="contact type of the manifest")
    _add_fields(verb)

    verb = verbs.add_parser(
        "log", parents=[shared, driving, signing], help="log a call to a contact"
    )
    verb.add_argument("number", metavar="NUMBER")
    verb.add_argument("--contact", required=True, metavar="ID")
    verb.add_argument("--contact-type", default="", metavar="T")
    verb.add_argument("--direction", choices=("inbound", "outbound"), default="inbound")
    verb.add_argument("--note", default="", metavar="TEXT")
    _add_fields(verb)

    verb = verbs.add_parser(
        "probe", parents=[shared, driving, signing], help="why is this known contact not found?"
    )
    verb.add_argument("number", metavar="NUMBER")
    named = verb.add_mutually_exclusive_group(required=True)
    named.add_argument("--name", metavar="NAME", help="the contact's name, searched in the CRM")
    named.add_argument("--id", metavar="ID", help="the contact's id")
    named.add_argument("--stored", metavar="TEXT", help="the phone as the CRM has it stored")
    verb.add_argument("--type", default="", metavar="T", help="contact type of the manifest")
    _add_formats(verb)

    verb = verbs.add_parser(
        "diff", parents=[shared, connecting], help="the same numbers through two connectors"
    )
    verb.add_argument("platform_a", metavar="PLATFORM_A", help="built-in connector, or a path")
    verb.add_argument("platform_b", metavar="PLATFORM_B")
    verb.add_argument("numbers", nargs="+", metavar="NUMBER", help="numbers, or CSV files of them")
    _add_formats(verb)

    _add_learn_formats(verbs, shared)
    _add_serve(verbs, shared)
    _add_sandbox(verbs, shared)

    verb = verbs.add_parser("tour", parents=[shared], help="play the guided demo in the window")
    verb.add_argument("--out", metavar="DIR", help="as fast as it can; pictures and tour.json here")

    verbs.add_parser("doctor", parents=[shared], help="what is missing here, with the fix")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    try:
        if not given or given == ["--debug"]:
            from app.main import open_window  # noqa: PLC0415  Qt only when a window is wanted

            return open_window()
        options = build_parser().parse_args(given)
        if options.verb is None:
            raise CommandError("Name a verb, or none at all for the window. See --help.")  # noqa: TRY301
        _set_up_logging(debug=options.debug)
        return _verb(options.verb)(options)
    except CommandError as error:
        if debug:
            traceback.print_exc()
        _say(str(error))
        return error.code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if debug:
            raise
        _say(
            f"Callbench itself failed: {type(error).__name__}: {error}. "
            "Run again with --debug and report what it prints."
        )
        return CONNECTOR_FAILED


def _verb(name: str) -> Callable[[argparse.Namespace], int]:
    """Return the function of a verb; each module is imported only when it is wanted."""
    module = _MODULES.get(name, "app.cli_offline")
    verb: Callable[[argparse.Namespace], int] = getattr(
        import_module(module), name.replace("-", "_")
    )
    return verb


def _add_formats(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        action="append",
        default=[],
        metavar="F",
        help="a phone format, * or # for a digit; repeatable",
    )


def _add_fields(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="an additional field of the manifest; repeatable",
    )


def _add_learn_formats(verbs: Any, shared: argparse.ArgumentParser) -> None:
    verb = verbs.add_parser(
        "learn-formats", parents=[shared], help="which formats fit a CRM's stored numbers"
    )
    verb.add_argument("file", metavar="FILE.csv", help="an export with a column of phone numbers")
    verb.add_argument("--column", metavar="C", help="heading or number of the phone column")
    verb.add_argument(
        "--region",
        default="US",
        metavar="R",
        help="two letters, for numbers without a country code (default US)",
    )
    verb.add_argument("--max", type=_places, default=3, metavar="N", help="1 to 3 (default 3)")


def _add_serve(verbs: Any, shared: argparse.ArgumentParser) -> None:
    serve = verbs.add_parser(
        "serve", parents=[shared], help="the connectors behind App Connect's HTTP routes"
    )
    serve.add_argument("--port", type=_port, metavar="P", help="default: $PORT, else 6066")
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen")
    serve.add_argument("--workers", type=_workers, default=1, metavar="N", help="processes")
    serve.add_argument(
        "--connector", action="append", default=[], metavar="PATH", help="beside the built-in ones"
    )
    serve.add_argument(
        "--route", action="append", default=[], metavar="HOST=URL", help="send a host elsewhere"
    )


def _add_sandbox(verbs: Any, shared: argparse.ArgumentParser) -> None:
    sandbox = verbs.add_parser("sandbox", parents=[shared], help="the embedded CRM")
    sandbox.add_argument("--port", type=int, default=0, metavar="P")
    sandbox.add_argument("--contacts", type=int, default=300, metavar="N")
    sandbox.add_argument("--delay", type=int, default=0, metavar="MS", help="per request")
    sandbox.add_argument(
        "--index-delay", type=float, default=0.0, metavar="S", help="until a record is searchable"
    )
    sandbox.add_argument("--fault", action="append", default=[], metavar="RULE")
    sandbox.add_argument("--open", action="store_true", help="open the page in the browser")
    actions = sandbox.add_subparsers(dest="action", metavar="ACTION")
    add = actions.add_parser("add", parents=[shared], help="add a contact")
    add.add_argument("platform", metavar="PLATFORM")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--phone", required=True, metavar="TEXT", help="stored exactly like this")
    add.add_argument("--phone-field", metavar="F")
    add.add_argument("--type", metavar="T")
    actions.add_parser("reset", parents=[shared], help="back to the sample contacts")
    actions.add_parser("urls", parents=[shared], help="where the sandbox answers")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 3600:
        raise argparse.ArgumentTypeError("must be more than 0 and at most 3600 seconds")
    return seconds


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError("must be from 0 to 65535")
    return int(text)


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 64):
        raise argparse.ArgumentTypeError("must be from 1 to 64")
    return int(text)


def _places(text: str) -> int:
    if text not in ("1", "2", "3"):
        raise argparse.ArgumentTypeError("must be 1, 2 or 3")
    return int(text)


def _set_up_logging(*, debug: bool) -> None:
    import logging  # noqa: PLC0415  the window does not need it

    logging.basicConfig(level=logging.DEBUG if debug else logging.ERROR, stream=sys.stderr)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


class _Version(argparse.Action):
    """Prints the version; the package's metadata is read only when somebody asks."""

    def __call__(self, parser: argparse.ArgumentParser, *_arguments: object) -> NoReturn:
        from app.version import version  # noqa: PLC0415

        print(f"callbench {version()}")
        parser.exit()
