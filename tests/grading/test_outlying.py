"""Outlying scores are drawn in; all others stay what was measured."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.grading.outlying import drawn_in

RUNS, COMPETITORS = 8, 6


def steady(seed: int = 1, runs: int = RUNS) -> NDArray[np.float64]:
    """Scores (runs × competitors) that scatter by 1 about effects of runs and competitors that are far larger."""
    generator = np.random.default_rng(seed)
    effects = 50 * generator.standard_normal((runs, 1)) + 100 * generator.standard_normal(COMPETITORS)
    return np.asarray(effects + np.clip(generator.standard_normal((runs, COMPETITORS)), -2, 2))


def drawn(scores: NDArray[np.float64], present: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    there = np.ones(scores.shape, dtype=np.bool_) if present is None else present
    return drawn_in(scores, there, np.ones(scores.shape[1]))


def test_scores_that_only_scatter_stay_exactly_what_they_are() -> None:
    assert (drawn(steady()) == steady()).all()


@pytest.mark.parametrize("off", [30.0, -30.0])
def test_one_that_is_far_off_comes_back_to_the_edge_of_the_noise_and_moves_no_other(off: float) -> None:
    scores = steady()
    scores[3, 2] += off
    found = drawn(scores)
    assert 2 < (found[3, 2] - steady()[3, 2]) * np.sign(off) < 7
    others = np.ones(scores.shape, dtype=np.bool_)
    others[3, 2] = False
    assert (found[others] == scores[others]).all()


def test_how_far_off_it_was_makes_no_difference() -> None:
    near, far = steady(), steady()
    near[3, 2] += 30
    far[3, 2] += 3000
    assert drawn(near)[3, 2] == pytest.approx(drawn(far)[3, 2])


def test_who_is_off_in_more_than_a_quarter_of_its_runs_is_left_alone() -> None:
    two, three = steady(), steady()
    two[[1, 4], 2] += 30
    three[[1, 4, 6], 2] += 30
    assert (drawn(two)[[1, 4], 2] < two[[1, 4], 2]).all()
    assert (drawn(three) == three).all()


def test_of_four_runs_none_is_outlying_and_of_five_one_may_be() -> None:
    four, five = steady(runs=4), steady(runs=5)
    four[0, 0] += 30
    five[0, 0] += 30
    assert (drawn(four) == four).all()
    assert drawn(five)[0, 0] < five[0, 0]


def test_a_run_that_was_slow_for_all_is_no_outlier_of_anybody() -> None:
    scores = steady()
    scores[5] += 1000
    assert (drawn(scores) == scores).all()


def test_who_is_noisier_by_few_turns_may_be_further_off() -> None:
    scores = steady()
    scores[3, 2] += 10
    there = np.ones(scores.shape, dtype=np.bool_)
    noisiness = np.array([1, 1, 16, 1, 1, 1.0])
    assert (drawn_in(scores, there, noisiness) == scores).all()
    assert drawn(scores)[3, 2] < scores[3, 2]


def test_what_is_absent_says_nothing_and_stays() -> None:
    scores = steady()
    present = np.ones(scores.shape, dtype=np.bool_)
    present[6:, 4] = False
    scores[6:, 4] = 1e6
    assert (drawn(scores, present) == scores).all()


@given(st.integers(0, 1000), st.floats(-1e3, 1e3), st.floats(0.01, 100))
def test_neither_origin_nor_scale_matters(seed: int, origin: float, scale: float) -> None:
    scores = steady(seed)
    scores[2, 1] += 40
    assert drawn(scale * scores + origin) == pytest.approx(scale * drawn(scores) + origin, rel=1e-6, abs=1e-6)
