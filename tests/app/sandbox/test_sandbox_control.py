from __future__ import annotations

import pytest

from app.sandbox.control import apply_control, describe_control
from app.sandbox.errors import FaultRuleError
from app.sandbox.faults import SandboxSettings

RULE = "insightly/contacts=429x2"


def test_what_is_set_is_described(store):
    settings = SandboxSettings()
    change = {"delayMs": 20, "indexDelayS": 1.5, "faults": [RULE]}
    apply_control(store, settings, change)
    assert describe_control(store, settings) == change


def test_what_is_not_named_stays(store):
    settings = SandboxSettings.of(10, [RULE])
    apply_control(store, settings, {"indexDelayS": 3})
    assert (settings.delay_ms, [rule.text for rule in settings.rules]) == (10, [RULE])
    apply_control(store, settings, {"faults": []})
    assert (settings.delay_ms, settings.rules, store.index_delay_s) == (10, [], 3)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"delayMs": True}, ValueError),
        ({"delayMs": 1.5}, ValueError),
        ({"delayMs": -1}, FaultRuleError),
        ({"indexDelayS": "1"}, ValueError),
        ({"indexDelayS": -1}, FaultRuleError),
        ({"indexDelayS": 90_000}, FaultRuleError),
        ({"faults": "429"}, ValueError),
        ({"faults": [1]}, ValueError),
        ({"faults": ["nonsense"]}, FaultRuleError),
        ({"delay": 1}, ValueError),
    ],
)
def test_all_of_a_change_or_nothing(store, change, error):
    settings = SandboxSettings.of(10, [RULE])
    before = describe_control(store, settings)
    with pytest.raises(error):
        apply_control(store, settings, {"delayMs": 99, "faults": []} | change)
    assert describe_control(store, settings) == before
