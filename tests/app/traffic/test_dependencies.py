"""What waited for what, and which chain of requests made a run take as long as it did."""

import random

import pytest

from app.traffic.dependencies import (
    AT_ONCE_MS,
    MOST_TOGETHER,
    Step,
    Wait,
    WaitFinder,
    longest_chain,
    together,
    uses,
    waits,
)
from connectors.contract.exchange import Body


def test_requests_that_start_together_wait_for_nothing(runs):
    assert waits([runs.exchange(at, f"/s?f={at}", at=at) for at in (1, 2, 3)]) == ()


def test_a_value_of_the_answer_in_a_later_request(runs):
    first = runs.exchange(1, "/people?phone=6505551234", answer=[{"id": 71}])
    deals = runs.exchange(2, "/deals?contact=71", at=60)
    assert waits([deals, first]) == (Wait(2, 1, "answer"),)


def test_a_request_that_only_came_after(runs):
    exchanges = [runs.exchange(1, "/s?f=a"), runs.exchange(2, "/s?f=b", at=60)]
    assert waits(exchanges) == (Wait(2, 1, "order"),)


def test_a_later_request_has_waited_for_something_else(runs):
    late = runs.exchange(2, "/s?f=b", at=50 + AT_ONCE_MS + 1)
    assert waits([runs.exchange(1, "/s?f=a"), late]) == ()
    known = runs.exchange(1, "/s?f=a", answer={"id": 4711})
    used = runs.exchange(2, "/people/4711", at=50 + AT_ONCE_MS + 1)
    assert waits([known, used]) == (Wait(2, 1, "answer"),)


def test_of_requests_that_ran_together_the_one_that_is_used_counts(runs):
    batch = [
        runs.exchange(1, "/s?f=a", at=0, ms=40, answer=[{"id": 71}]),
        runs.exchange(2, "/s?f=b", at=1, ms=60),
        runs.exchange(3, "/deals?contact=71", at=70),
    ]
    assert waits(batch) == (Wait(3, 1, "answer"),)


def test_an_answer_that_was_cut_proves_nothing_for_the_picture(runs):
    cut = runs.exchange(1, "/a", response_body=Body(text="[", size=9, truncated=True))
    after = runs.exchange(2, "/b", at=60)
    assert uses(Step(after), Step(cut))
    assert waits([cut, after]) == (Wait(2, 1, "order"),)


def test_a_redacted_token_counts_as_the_one_that_was_given_out(runs):
    login = runs.exchange(1, "/login", answer={"access_token": "[REDACTED]"})
    search = runs.exchange(2, "/s", at=60, headers=(("Authorization", "[REDACTED]"),))
    assert waits([login, search]) == (Wait(2, 1, "answer"),)


def test_what_ran_together_also_through_others(runs):
    steps = [
        Step(runs.exchange(1, "/a", at=0, ms=50)),
        Step(runs.exchange(2, "/b", at=40, ms=50)),
        Step(runs.exchange(3, "/c", at=80, ms=50)),
        Step(runs.exchange(4, "/before", at=-60, ms=50)),
    ]
    assert [step.exchange.id for step in together(steps[2], steps)] == [3, 2, 1]


def test_the_longest_chain_leads_to_what_ended_last(runs):
    exchanges = [
        runs.exchange(1, "/s?f=a", answer=[{"id": 71}]),
        runs.exchange(2, "/s?f=b", at=1, ms=20),
        runs.exchange(3, "/deals?contact=71", at=55),
        runs.exchange(4, "/notes?contact=71", at=55, ms=20),
    ]
    assert longest_chain(3, waits(exchanges)) == (1, 3)
    assert longest_chain(3, ()) == (3,)


@pytest.mark.parametrize("seed", range(20))
def test_every_wait_points_back_in_time_and_every_chain_ends(runs, seed):
    chance = random.Random(seed)
    exchanges = [
        runs.exchange(n, f"/s/{n}", at=chance.uniform(0, 500), ms=chance.choice([0, 5, 50]))
        for n in range(1, 60)
    ]
    by_id = {one.id: one for one in exchanges}
    found = waits(exchanges)
    for wait in found:
        source = by_id[wait.source]
        assert source.started_ms + source.ms <= by_id[wait.exchange].started_ms
    chain = longest_chain(exchanges[-1].id, found)
    assert len(chain) == len(set(chain))


def test_a_run_of_any_size_is_read_through_a_finder(runs):
    finder = WaitFinder()
    answer = [{"id": n} for n in range(1000, 1200)]
    exchanges = [
        runs.exchange(n, f"/s?after={1000 + n}", at=n * 51, answer=answer) for n in range(1, 100)
    ]
    found = [finder.wait(one) for one in exchanges]
    assert [wait.source for wait in found[1:]] == list(range(1, 99))
    assert len(finder._ended) <= MOST_TOGETHER + 1


def test_answers_are_not_looked_through_when_that_is_not_wanted(runs):
    finder = WaitFinder(compare=False)
    finder.wait(runs.exchange(1, "/s", answer=[{"id": 71}]))
    assert finder.wait(runs.exchange(2, "/deals?contact=71", at=60)).kind == "order"
