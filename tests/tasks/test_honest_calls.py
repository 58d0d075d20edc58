"""No check fails an honest student: a small part of `python -m benchmarks.honest_calls`."""

import numpy as np
import pytest

from benchmarks.honest_calls import chance_above_one, simulate
from grader.content.task import task_names
from tests.tasks.task_under_test import COURSE

CALLS = 120
MOST_CHANCE = 1e-8
"""Of failing a call by its tolerance: a submission makes some 200."""


@pytest.mark.parametrize("name", task_names(COURSE))
def test_honest_calls_are_never_refused_and_stay_far_from_their_tolerance(name: str) -> None:
    result = simulate(name, CALLS, seed=1)
    assert result.failures == ()
    assert result.calls == CALLS
    if result.greatest_tolerance_used is not None:
        assert result.greatest_tolerance_used < 0.8
        assert result.chance_of_failing_a_call < MOST_CHANCE


def test_the_chance_is_that_of_the_tail() -> None:
    shares = np.random.default_rng(0).exponential(1 / 12, 50_000)
    assert chance_above_one(shares) == pytest.approx(np.exp(-12), rel=1.5)


def test_shares_that_end_far_below_the_tolerance_never_exceed_it() -> None:
    shares = np.random.default_rng(0).uniform(0, 0.3, 50_000)
    assert chance_above_one(shares) == 0


def test_refusals_are_counted_where_nothing_can_be_fitted() -> None:
    assert chance_above_one(np.array([0.1] * 98 + [2.0] * 2)) == 0.02
