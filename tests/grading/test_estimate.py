"""From timed calls to one score per run."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.grading.estimate import score_run, turn_time_s, winsorised_mean

times_s = st.floats(1e-4, 10)


def test_a_turn_takes_as_long_as_its_fastest_timed_call() -> None:
    assert turn_time_s([0.012, 0.010, 0.019]) == 0.010


@pytest.mark.parametrize("calls_s", [[], [0.01, 0.0], [0.01, -1.0], [math.nan, 0.01], [math.inf]])
def test_a_turn_without_calls_or_with_impossible_times_is_the_graders_fault(calls_s: list[float]) -> None:
    with pytest.raises(GraderError, match="timed call"):
        turn_time_s(calls_s)


def test_a_score_compares_the_faster_half_of_the_turns_with_the_baselines() -> None:
    rounds = [{"base": 1.0, "a": 2.0}, {"base": 2.0, "a": 8.0}, {"base": 30.0, "a": 50.0}, {"base": 40.0, "a": 60.0}]
    assert score_run(rounds, "base") == {"base": 0.0, "a": pytest.approx((math.log(2 / 1) + math.log(8 / 2)) / 2)}


def test_of_an_odd_number_of_turns_the_middle_one_does_not_count_and_of_one_it_does() -> None:
    rounds = [{"base": 1.0, "a": 2.0}, {"base": 7.0, "a": 6.0}, {"base": 8.0, "a": 50.0}]
    assert score_run(rounds, "base")["a"] == pytest.approx(math.log(2))
    assert score_run(rounds[1:2], "base")["a"] == pytest.approx(math.log(6 / 7))


def test_disturbed_turns_do_not_count_whoever_has_them_and_whenever() -> None:
    a = [1.1, 1.1, 1.9, 1.1, 2.0, 1.1]
    base = [1.0, 1.8, 1.0, 1.7, 1.0, 1.0]
    rounds = [{"base": one, "a": other} for one, other in zip(base, a, strict=True)]
    assert score_run(rounds, "base")["a"] == pytest.approx(math.log(1.1))


def test_slow_phases_of_the_machine_cancel() -> None:
    phases = [1.0, 1.26, 1.5, 0.9]
    rounds = [{"base": 0.010 * phase, "a": 0.011 * phase} for phase in phases]
    assert score_run(rounds, "base")["a"] == pytest.approx(math.log(1.1))


def test_a_competitor_is_scored_over_the_rounds_in_which_it_took_part() -> None:
    rounds = [{"base": 1.0, "a": 2.0}, {"base": 5.0}, {"base": 2.0, "a": 4.0}]
    assert score_run(rounds, "base")["a"] == pytest.approx(math.log(2))


def test_a_competitor_that_took_part_in_no_round_has_no_score() -> None:
    assert set(score_run([{"base": 1.0}], "base")) == {"base"}


@given(st.lists(st.tuples(times_s, times_s, times_s), min_size=1, max_size=8))
def test_a_third_competitor_moves_nobodys_score(rounds: list[tuple[float, float, float]]) -> None:
    without = [{"base": base, "a": a} for base, a, _ in rounds]
    with_third = [{"base": base, "third": third, "a": a} for base, a, third in rounds]
    assert score_run(with_third, "base")["a"] == score_run(without, "base")["a"]


@given(st.lists(st.tuples(times_s, times_s), min_size=1, max_size=8), st.floats(0.01, 100))
def test_the_unit_of_time_does_not_matter(rounds: list[tuple[float, float]], factor: float) -> None:
    here = score_run([{"base": base, "a": a} for base, a in rounds], "base")
    scaled = score_run([{"base": base * factor, "a": a * factor} for base, a in rounds], "base")
    assert scaled["a"] == pytest.approx(here["a"], abs=1e-12)


def test_a_round_without_the_baseline_is_refused_by_number() -> None:
    with pytest.raises(GraderError, match="round 2 lacks the baseline 'base'"):
        score_run([{"base": 1.0, "a": 1.0}, {"a": 1.0}], "base")


@pytest.mark.parametrize("turn_s", [0.0, -1.0, math.nan, math.inf])
def test_an_impossible_turn_is_refused_by_name(turn_s: float) -> None:
    with pytest.raises(GraderError, match="the turn of 'a' in round 1"):
        score_run([{"base": 1.0, "a": turn_s}], "base")


def test_values_that_lie_together_have_their_plain_mean() -> None:
    assert winsorised_mean([1.0, 2.0, 3.0, 4.0, 6.0]) == pytest.approx(3.2)


def test_a_wild_value_counts_as_one_at_the_cutoff() -> None:
    # Median 3; deviations 0, 1, 1, 2, 97, whose median is 1: nothing counts as more than 3 + 3.5 · 1.4826.
    assert winsorised_mean([1.0, 2.0, 3.0, 4.0, 100.0]) == pytest.approx((1 + 2 + 3 + 4 + 3 + 3.5 * 1.4826) / 5)
    assert winsorised_mean([1.0, 2.0, 3.0, 4.0, 100.0], cutoff_mad=2) == pytest.approx((1 + 2 + 3 + 4 + 3 + 2 * 1.4826) / 5)


def test_of_two_values_neither_is_the_wild_one() -> None:
    assert winsorised_mean([0.0, 100.0]) == 50.0
    assert winsorised_mean([7.0]) == 7.0


def test_where_most_values_are_equal_they_decide() -> None:
    assert winsorised_mean([2.0, 2.0, 2.0, 9.0]) == 2.0


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=12))
def test_a_wild_value_is_never_carried_beyond_the_range_of_the_values(values: list[float]) -> None:
    assert min(values) - 1e-12 <= winsorised_mean(values) <= max(values) + 1e-12


def test_no_values_have_no_mean() -> None:
    with pytest.raises(GraderError, match="no values"):
        winsorised_mean([])
