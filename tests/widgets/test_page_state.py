"""Plain data between the rules and the widgets."""

import dataclasses
import subprocess
import sys

import pytest

from widgets import page_state
from widgets.page_state import ContactChoice, LogPageState

STATES = [kind for kind in vars(page_state).values() if dataclasses.is_dataclass(kind)]


@pytest.mark.parametrize("kind", STATES, ids=lambda kind: kind.__name__)
def test_states_are_frozen(kind):
    assert kind.__dataclass_params__.frozen


def test_a_state_is_replaced_not_changed():
    state = LogPageState("Save to X", "Save", "inbound", True, "1", "Missed", "", "", (), "")
    with pytest.raises(dataclasses.FrozenInstanceError):
        state.note = "typed"
    assert dataclasses.replace(state, note="typed").note == "typed"
    assert state.note == ""


def test_equal_states_compare_equal():
    assert ContactChoice("1", "Anna") == ContactChoice("1", "Anna", "")


def test_a_new_page_shows_no_optional_part():
    state = LogPageState("Save to X", "Save", "inbound", True, "1", "Missed", "", "", (), "")
    shown = (state.banner, state.shows_new_contact, state.problems, state.busy)
    assert not any(shown)


def test_the_module_needs_no_qt():
    code = "import sys, widgets.page_state; print('PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
