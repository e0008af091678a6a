"""Plain data between what explains a run and the inspector's widgets."""

import dataclasses
import subprocess
import sys

import pytest

from widgets import inspector_state

STATES = [kind for kind in vars(inspector_state).values() if dataclasses.is_dataclass(kind)]


def test_the_states_were_found():
    assert len(STATES) > 15


@pytest.mark.parametrize("kind", STATES, ids=lambda kind: kind.__name__)
def test_states_are_frozen(kind):
    assert kind.__dataclass_params__.frozen


def test_no_qt_is_needed():
    code = "import sys, widgets.inspector_state; sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
