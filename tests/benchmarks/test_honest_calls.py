"""How seldom a check fails an honest student: the chance that is told from the calls that were made."""

import numpy as np
import pytest

from benchmarks.honest_calls import chance_above_one


def test_the_chance_is_that_of_the_tail() -> None:
    shares = np.random.default_rng(0).exponential(1 / 12, 50_000)
    assert chance_above_one(shares) == pytest.approx(np.exp(-12), rel=1.5)


def test_shares_that_end_far_below_the_tolerance_never_exceed_it() -> None:
    shares = np.random.default_rng(0).uniform(0, 0.3, 50_000)
    assert chance_above_one(shares) == 0


def test_refusals_are_counted_where_nothing_can_be_fitted() -> None:
    assert chance_above_one(np.array([0.1] * 98 + [2.0] * 2)) == 0.02
