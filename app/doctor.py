"""What this machine lacks, each with the fix. Imports nothing beyond the standard library at first.

So it can still speak where Qt cannot be loaded, which is when it is needed most.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from app.qt_version import TOO_NEW_QT, TOO_NEW_QT_FIX, qt_version, too_new

MINIMUM_GLIBC = (2, 34)  # of PySide6's wheels
FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
)
FONT_SUFFIXES = {".ttf", ".otf", ".ttc"}


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        fix: what to do about it, as a line to paste where there is one; empty when `ok`.
        required: whether the bench cannot work without it.
    """

    name: str
    ok: bool
    detail: str
    fix: str = ""
    required: bool = True


def report() -> dict[str, Any]:
    """Return all checks in wire form; ``ok`` tells whether everything required is there."""
    done = checks()
    return {
        "ok": all(check.ok for check in done if check.required),
        "checks": [
            {"name": check.name, "ok": check.ok, "detail": check.detail, "fix": check.fix}
            for check in done
        ],
    }


def checks() -> list[Check]:
    """Look at everything; a look that fails itself is a failed check, never an exception."""
    looks: dict[str, Callable[[], Check]] = {
        "python": check_python,
        "glibc": check_glibc,
        "system libraries": check_libraries,
        "display": check_display,
        "fonts": check_fonts,
        "keyring": check_keyring,
        "home": check_home,
        "loopback": check_loopback,
        "node": check_node,
        "connectors": check_connectors,
    }
    done = []
    for name, look in looks.items():
        try:
            done.append(look())
        except Exception as error:  # noqa: BLE001  the others must still be looked at
            detail = f"could not be checked: {type(error).__name__}: {error}"
            done.append(Check(name, ok=False, detail=detail, fix="make setup"))
    return done


def check_python() -> Check:
    """Look whether Python and PySide6 go together."""
    python, qt = platform.python_version(), qt_version()
    if qt is None:
        return Check("python", ok=False, detail=f"{python}, without PySide6", fix="make setup")
    if too_new(qt, sys.version_info[:2]):
        detail = TOO_NEW_QT.format(qt=qt, python=python)
        return Check("python", ok=False, detail=detail, fix=TOO_NEW_QT_FIX)
    return Check("python", ok=True, detail=f"{python} with PySide6 {qt}")


def check_glibc() -> Check:
    """Look at the C library: PySide6's wheels need glibc 2.34."""
    name, version = platform.libc_ver()
    if name != "glibc":
        return Check("glibc", ok=True, detail=f"not glibc ({name or platform.system()})")
    found = tuple(int(part) for part in version.split(".")[:2])
    return Check(
        "glibc",
        ok=found >= MINIMUM_GLIBC,
        detail=version,
        fix="" if found >= MINIMUM_GLIBC else "use Debian 12, Ubuntu 22.04 or later",
    )


def check_libraries() -> Check:
    """Ask the dynamic linker which libraries Qt wants and does not get."""
    name = "system libraries"
    ldd = shutil.which("ldd")
    package = importlib.util.find_spec("PySide6")
    if ldd is None or package is None or package.origin is None:
        missing = "PySide6" if ldd else "ldd"
        return Check(name, ok=bool(package), detail=f"{missing} is not here", fix="make setup")
    folder = Path(package.origin).parent
    plugins = folder / "Qt" / "plugins" / "platforms"
    objects = [folder / "QtWidgets.abi3.so", plugins / "libqoffscreen.so"]
    if has_display(os.environ):
        objects.append(plugins / "libqxcb.so")
    listed = subprocess.run(  # noqa: S603  the linker's own tool on PySide6's own files
        [ldd, *map(str, objects)], capture_output=True, text=True, check=False, timeout=30
    )
    absent = absent_libraries(listed.stdout)
    if not absent:
        return Check(name, ok=True, detail="all that Qt loads are here")
    return Check(name, ok=False, detail=f"missing: {', '.join(absent)}", fix=apt_line(absent))


def absent_libraries(listing: str) -> list[str]:
    """Return the libraries that a listing of ``ldd`` calls not found, each once."""
    names = {
        line.split("=>")[0].strip() for line in listing.splitlines() if line.endswith("not found")
    }
    return sorted(names)


def apt_line(libraries: list[str]) -> str:
    """Return the line that installs `libraries` on Debian."""
    known = dict(_known_packages())
    packages = sorted({known[library] for library in libraries if library in known})
    unknown = [library for library in libraries if library not in known]
    steps = []
    if packages:
        steps.append(f"sudo apt-get install -y --no-install-recommends {' '.join(packages)}")
    if unknown:
        steps.append(f"install the packages that hold {', '.join(unknown)}")
    return "; ".join(steps)


def has_display(environment: Mapping[str, str]) -> bool:
    """Tell whether a window has a screen to go to."""
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def check_display() -> Check:
    """Look for a screen; without one the command line and the tour still work."""
    if has_display(os.environ):
        shown = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
        return Check("display", ok=True, detail=str(shown))
    return Check(
        "display",
        ok=False,
        detail="neither DISPLAY nor WAYLAND_DISPLAY is set: no window, only the command line",
        fix="callbench tour --out tour/",
        required=False,
    )


def check_fonts() -> Check:
    """Look for a system font, which writes what the bundled one lacks (Arabic, Chinese)."""
    for folder in FONT_FOLDERS:
        for path in folder.expanduser().rglob("*"):
            if path.suffix.lower() in FONT_SUFFIXES:
                return Check("fonts", ok=True, detail=f"the bundled one, and {folder}")
    return Check(
        "fonts",
        ok=False,
        detail="only the bundled one: Arabic, Chinese or Japanese names show as boxes",
        fix="sudo apt-get install -y fonts-dejavu-core fonts-noto-cjk",
        required=False,
    )


def check_keyring() -> Check:
    """Look whether secrets can outlive the session."""
    from app.vault import open_vault  # noqa: PLC0415  imports keyring

    if open_vault().lasting:
        return Check("keyring", ok=True, detail="secrets are kept in the system's keyring")
    return Check(
        "keyring",
        ok=False,
        detail="none answers: secrets are kept until the bench is closed",
        fix="start a desktop keyring, such as gnome-keyring or KWallet",
        required=False,
    )


def check_home() -> Check:
    """Try to write into the state folder."""
    from app.home import home  # noqa: PLC0415

    try:
        folder = home()
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(
            "home", ok=False, detail=str(error), fix="set CALLBENCH_HOME to a folder you can write"
        )
    return Check("home", ok=True, detail=str(folder))


def check_loopback() -> Check:
    """Try to listen on 127.0.0.1, as the sandbox does."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
    except OSError as error:
        return Check(
            "loopback", ok=False, detail=str(error), fix="allow programs to listen on 127.0.0.1"
        )
    return Check("loopback", ok=True, detail=f"127.0.0.1:{port} could be opened")


def check_node() -> Check:
    """Look for Node, which runs connectors written for App Connect's JavaScript interface."""
    node = shutil.which("node")
    if node:
        return Check("node", ok=True, detail=node)
    return Check(
        "node",
        ok=False,
        detail="not here: connectors written in JavaScript cannot run",
        fix="sudo apt-get install -y nodejs",
        required=False,
    )


def check_connectors() -> Check:
    """Load every built-in connector."""
    from connectors.host.load import builtin_platforms, load  # noqa: PLC0415

    names, broken = builtin_platforms(), []
    for name in names:
        try:
            load(name)
        except Exception as error:  # noqa: BLE001  whatever a connector's module raises
            broken.append(f"{name} ({error})")
    if broken or not names:
        detail = f"cannot be loaded: {'; '.join(broken)}" if broken else "none found"
        return Check("connectors", ok=False, detail=detail, fix="mend it, or install again")
    return Check("connectors", ok=True, detail=", ".join(names))


def _known_packages() -> Iterator[tuple[str, str]]:
    from importlib import resources  # noqa: PLC0415  slow to import, and rarely needed

    text = resources.files("resources").joinpath("system-libraries.txt").read_text()
    for line in text.splitlines():
        if not line.startswith("#"):
            library, package, *_ = line.split()
            yield library, package
