"""Finds connectors and loads them."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import json
import linecache
import pkgutil
import sys
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import connectors
from connectors.contract.connector import Connector
from connectors.contract.hosting import Description, SourcePosition
from connectors.host.json_position import json_position
from connectors.host.sources import Sources, sources_at
from connectors.nodejs.files import data_of, imported_files
from connectors.nodejs.source import connectors_below, is_javascript

PROXY_FILES = ("proxy.json", "proxyConfig.json")


class ConnectorLoadError(Exception):
    """A connector cannot be loaded; the message is one sentence that says why and what to do.

    Attributes:
        position: where in the connector's files, None where that is not known.
    """

    def __init__(self, message: str, position: SourcePosition | None = None) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class LoadedConnector:
    """A connector's class and what stands beside it.

    Attributes:
        manifest: the manifest's JSON, empty when there is none.
        source: its file; the address of a running server.
        digest: names the version of its files (``connectors.host.sources``).
        language: ``python``; ``proxy`` for one that is written as JSON, ``appconnect`` for a
            running server.
        display_name: its own name for people, used where there is no manifest.
        secrets: values in its files that must appear nowhere.
        manifest_file: where the manifest stands, None when there is none.
    """

    platform: str
    kind: type[Connector]
    manifest: dict[str, Any]
    source: Path | str
    digest: str
    language: str = "python"
    display_name: str = ""
    secrets: tuple[str, ...] = ()
    manifest_file: Path | None = None


def builtin_platforms() -> list[str]:
    """Return the names of the connectors that come with the bench, sorted."""
    found = []
    for module in pkgutil.iter_modules(connectors.__path__):
        folder = Path(connectors.__path__[0]) / module.name
        if (folder / "connector.py").is_file() and (folder / "manifest.json").is_file():
            found.append(module.name)
    return sorted(found)


def connector_path(platform: str) -> Path:
    """Return where a connector is: the folder of a built-in one, else the given path."""
    if platform in builtin_platforms():
        return Path(connectors.__path__[0]) / platform
    return Path(platform).expanduser()


def sources_of(platform: str, description: Description | None = None) -> Sources:
    """Return the files of a connector; what its project says is data is none of them.

    Args:
        platform: a built-in connector's name, or the path of one.
        description: what it said when it was loaded: which files elsewhere it has read.
    """
    read = (description.manifest_file, description.environment_file) if description else ()
    path = connector_path(platform)
    found = sources_at(path, *(Path(each) for each in read if each), *imported_files(path))
    is_data = data_of(path)
    return replace(found, files=tuple(each for each in found.files if not is_data(each)))


def load(platform: str) -> LoadedConnector:
    """Load a built-in connector by name, or a connector file or folder by path.

    Raises:
        ConnectorLoadError: there is none, or it cannot be imported.
    """
    if platform in builtin_platforms():
        source = connector_path(platform) / "connector.py"
        digest = sources_of(platform).digest()
        module = _imported(platform, source, f"connectors.{platform}.connector")
        return _loaded(platform, source, module, digest)
    path = Path(platform).expanduser()
    if not path.exists():
        known = ", ".join(builtin_platforms())
        raise ConnectorLoadError(
            f"There is no connector {platform}: name a built-in one ({known}) or the path of one."
        )
    if is_javascript(path):
        raise ConnectorLoadError(
            f"{path} is JavaScript, which runs in a process of its own: leave out --in-process."
        )
    # Python tells bytecode from its source by whole seconds and size: a change could be missed.
    sys.dont_write_bytecode = True
    source = _source_in(path) if path.is_dir() else path
    name = path.name if path.is_dir() else path.stem
    if source.is_file() and source.suffix == ".json":
        return _loaded_proxy(name, source, sources_of(platform).digest())
    if path.is_dir() and not source.is_file() and (inside := connectors_below(path)):
        shown = [str(each) for each in inside[:3]] + (["..."] if len(inside) > 3 else [])
        raise ConnectorLoadError(
            f"{path} is the folder of a project, not of a connector: give {' or '.join(shown)}."
        )
    if not source.is_file() or source.suffix != ".py":
        raise ConnectorLoadError(
            f"{path} has no connector.py or proxy.json, and is no Python or JSON file itself."
        )
    digest = sources_of(platform).digest()
    return _loaded(name, source, _imported(name, source, None), digest)


def _source_in(folder: Path) -> Path:
    """Return the file of the connector in a folder; Python's stands before a proxy config."""
    known = [folder / name for name in ("connector.py", *PROXY_FILES)]
    return next((path for path in known if path.is_file()), known[0])


def _loaded_proxy(name: str, source: Path, digest: str) -> LoadedConnector:
    # The window imports this module, and is painted before the network stack is there.
    from connectors.proxy.config import (  # noqa: PLC0415
        MAX_CONFIG_BYTES,
        ProxyConfigError,
        read_config,
    )
    from connectors.proxy.connector import connector_of  # noqa: PLC0415

    try:
        if source.stat().st_size > MAX_CONFIG_BYTES:
            raise ConnectorLoadError(
                f"{source} is larger than {MAX_CONFIG_BYTES // 1024} KB: no proxy config is."
            )
        reading = read_config(source.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConnectorLoadError(
            f"Cannot read {source}: {reason}.", SourcePosition(file=_absolute(source))
        ) from error
    except ProxyConfigError as error:
        place = f"{source}:{error.line}" if error.line else str(source)
        position = SourcePosition(file=_absolute(source), line=error.line, column=error.column)
        raise ConnectorLoadError(f"{place}: {error}", position) from error
    about = reading.config.meta
    name = (about.name if about else None) or name
    beside = source.with_name("manifest.json")
    manifest = {} if beside == source else _manifest(name, beside)
    around = _entry(name, reading.manifest, SourcePosition(file=_absolute(source)))
    return LoadedConnector(
        name,
        connector_of(reading),
        manifest or around,
        source,
        digest,
        language="proxy",
        display_name=(about.display_name if about else None) or "",
        secrets=reading.secrets,
        manifest_file=beside if manifest else source if around else None,
    )


def _imported(platform: str, source: Path, module_name: str | None) -> ModuleType:
    try:
        if module_name is not None:
            return importlib.import_module(module_name)
        module = importlib.import_module(f"{_package_around(source)}.{source.stem}")
    except SyntaxError as error:
        raise ConnectorLoadError(
            f"{platform} has a syntax error at {error.filename}:{error.lineno}: {error.msg}.",
            _position(error, source),
        ) from error
    except ModuleNotFoundError as error:
        position = _position(error, source)
        raise ConnectorLoadError(
            f"{platform} needs the package {error.name}{_imported_at(position)}: "
            f"'pip install {error.name}' installs it.",
            position,
        ) from error
    except ConnectorLoadError:
        raise
    except (Exception, SystemExit) as error:
        position = _position(error, source)
        place = f"{position.file}:{position.line}" if position.line else str(source)
        raise ConnectorLoadError(
            f"{place} cannot be imported: {type(error).__name__}: {error}.", position
        ) from error
    return module


def _position(error: BaseException, source: Path) -> SourcePosition:
    """Return where an import failed: a syntax error's own place, else the innermost own line."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_file():
        return SourcePosition(
            file=_absolute(Path(error.filename)), line=error.lineno or 0, column=error.offset or 0
        )
    folder = source.parent.resolve()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename).resolve()
        if not path.is_relative_to(folder) or "site-packages" in path.parts:
            continue
        line = linecache.getline(frame.filename, frame.lineno or 0).encode()
        # The traceback counts bytes.
        column = len(line[: frame.colno or 0].decode(errors="replace")) + 1
        return SourcePosition(file=str(path), line=frame.lineno or 0, column=column)
    return SourcePosition(file=_absolute(source))


def _imported_at(position: SourcePosition) -> str:
    return f", which {position.file}:{position.line} imports" if position.line else ""


def _absolute(path: Path) -> str:
    return str(path.resolve())


def _package_around(source: Path) -> str:
    """Make the folder of a connector a package of its own and return its name.

    So ``from . import x`` works; ``import x`` works too, after everything that is installed.
    """
    folder = source.parent.resolve()
    name = f"callbench_connector_{hashlib.sha256(str(source.resolve()).encode()).hexdigest()[:12]}"
    for known in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
        del sys.modules[known]
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    importlib.invalidate_caches()
    beginning = folder / "__init__.py"
    if source.name == "connector.py" and beginning.is_file():
        package.__file__ = str(beginning)
        exec(compile(beginning.read_bytes(), beginning, "exec"), vars(package))  # noqa: S102
    return name


def _loaded(platform: str, source: Path, module: ModuleType, digest: str) -> LoadedConnector:
    kinds = [
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and issubclass(kind, Connector)
        and kind.__module__ == module.__name__
    ]
    if len(kinds) != 1:
        names = ", ".join(kind.__name__ for kind in kinds) or "none"
        raise ConnectorLoadError(
            f"{source} must define one subclass of connectors.contract.connector.Connector; "
            f"it defines {names}.",
            SourcePosition(file=_absolute(source)),
        )
    beside = source.with_name("manifest.json")
    manifest = _manifest(platform, beside)
    return LoadedConnector(
        platform,
        kinds[0],
        manifest,
        source,
        digest,
        manifest_file=beside if manifest else None,
    )


def _manifest(platform: str, path: Path) -> dict[str, Any]:
    """Return a manifest's entry for a platform, empty when there is no such file."""
    if not path.is_file():
        return {}
    position = SourcePosition(file=_absolute(path), line=1)
    try:
        manifest = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ConnectorLoadError(
            f"The manifest {path} is not JSON: {error}.", json_position(path)
        ) from error
    except RecursionError as error:
        raise ConnectorLoadError(f"The manifest {path} is nested too deeply.", position) from error
    if not isinstance(manifest, dict):
        raise ConnectorLoadError(f"The manifest {path} is not a JSON object.", position)
    return _entry(platform, manifest, position)


def _entry(platform: str, manifest: dict[str, Any], position: SourcePosition) -> dict[str, Any]:
    """Return the entry of a platform in production's file, or a manifest that is one itself."""
    entries = manifest.get("platforms")
    if not (isinstance(entries, dict) and entries):
        return manifest
    name = platform if platform in entries else next(iter(entries))
    entry = entries[name]
    if not isinstance(entry, dict):
        raise ConnectorLoadError(f"The manifest's entry {name} is not a JSON object.", position)
    return {"name": name, **entry}
