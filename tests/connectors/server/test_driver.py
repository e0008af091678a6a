from __future__ import annotations

from connectors.server.driver import cause


def test_a_cause_is_one_line_without_the_values_below_it():
    assert cause(ValueError("refused.\nDETAIL: Key (id)=(canary)")) == "refused"


def test_an_error_without_words_is_named():
    assert cause(TimeoutError()) == "TimeoutError"
