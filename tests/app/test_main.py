from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

from app.home import home
from app.main import EXIT_AFTER_PAINT, build_application, build_presenter, build_window
from app.settings import Settings

OPEN_AND_TELL = """
from app import main
from widgets.main_window import MainWindow

painted = []
seen = MainWindow.paintEvent

def paint(window, event):
    painted.append(window.isVisible())
    seen(window, event)

MainWindow.paintEvent = paint
code = main.open_window()
assert painted and all(painted), painted
raise SystemExit(code)
"""


def test_the_window_paints_and_ends():
    done = subprocess.run(
        [sys.executable, "-c", OPEN_AND_TELL],
        env={**os.environ, EXIT_AFTER_PAINT: "1", "QT_QPA_PLATFORM": "offscreen"},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_but_the_window_is_imported_before_the_first_paint():
    script = (
        "import sys; from app import main; code = main.open_window();"
        "late = {'asyncio', 'httpx', 'phonenumbers', 'uvicorn', 'keyring'} & set(sys.modules);"
        "print(*late); raise SystemExit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, EXIT_AFTER_PAINT: "1", "QT_QPA_PLATFORM": "offscreen"},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout.split()) == (0, [])


def pane_sizes(window):
    return [splitter.sizes() for splitter in (window._sides, window._floors)]


def test_the_window_comes_back_as_it_was_left(qapp):
    first = build_window(qapp, Settings())
    first.resize(900, 640)
    qapp.processEvents()
    before = pane_sizes(first)
    for splitter in (first._sides, first._floors):
        splitter.setSizes([1000, 1])
    moved = pane_sizes(first)
    assert moved != before
    kept = replace(Settings(), layout=first.save_layout().hex())
    first.close()
    second = build_window(qapp, kept)
    assert pane_sizes(second) == moved
    assert second.isVisible()
    for window in (first, second):
        window.close()
        window.deleteLater()


def test_a_layout_of_another_version_is_left_alone(qapp):
    window = build_window(qapp, Settings(layout=b"of another version".hex()))
    assert window.isVisible()
    window.close()
    window.deleteLater()


def test_one_application_is_enough(qapp):
    assert build_application() is qapp
    assert qapp.applicationName() == "callbench"


async def test_the_presenter_belongs_to_the_window_and_its_folder(qapp):
    window = build_window(qapp, Settings())
    presenter = build_presenter(window, home(), Settings())
    assert (presenter.window, presenter.home) == (window, home())
    assert presenter.bench is None
    await presenter.close()
    window.close()
    window.deleteLater()
