"""Periods of Julia orbits: what the checker certifies, what it leaves open, and what it says."""

import math
from typing import TypeAlias, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.task import Array, Case, Difference, Inputs
from tests.tasks.task_under_test import COURSE, case_named, drawn, module_at, reference, task_under_test

UNDER_TEST = task_under_test("julia_period")
TASK = UNDER_TEST.task
KERNELS = module_at(COURSE / "tasks" / "julia_period" / "kernels.py")

Problem: TypeAlias = tuple[Array, Array, complex, int, int, float]


def problem(case: Case, seed: int = 0) -> Problem:
    return cast("Problem", drawn(case, seed))


def verdict(inputs: Inputs, periods: Array) -> Difference | None:
    return TASK.check(inputs, (periods,), TASK.expect(inputs))


def one_pixel(z: complex, c: complex, max_iter: int, max_period: int, tol: float) -> Problem:
    return np.array([z.real]), np.array([z.imag]), c, max_iter, max_period, tol


def answers(z: complex, c: complex, max_iter: int, max_period: int, tol: float) -> set[int]:
    """The answers that pass for one pixel, of all that could be given and some that could not."""
    inputs = one_pixel(z, c, max_iter, max_period, tol)
    tried = range(-2, max_period + 5)
    return {answer for answer in tried if verdict(inputs, np.array([[answer]], dtype=np.int32)) is None}


# What is right passes

numbers = st.floats(-2.5, 2.5).map(lambda value: round(value, 3)) | st.floats(-2.5, 2.5)
attracting = st.sampled_from([0j, -1 + 0j, -0.123 + 0.745j, -0.504 + 0.563j, complex((1 - math.sqrt(5)) / 2)])
problems: st.SearchStrategy[Problem] = st.tuples(
    st.lists(numbers, max_size=5).map(np.array),
    st.lists(numbers, max_size=5).map(np.array),
    attracting | st.complex_numbers(max_magnitude=3),
    st.integers(0, 400),
    st.integers(1, 12),
    st.sampled_from([0.0, 1.0]) | st.floats(-14, 0.5).map(lambda exponent: 10.0**exponent),
)


@pytest.mark.parametrize("level", ["naive", "tuned"])
@settings(deadline=None)
@given(inputs=problems)
def test_a_reference_passes_on_anything(level: str, inputs: Problem) -> None:
    assert verdict(inputs, reference(level, "julia_period")(*inputs)) is None


@pytest.mark.parametrize("max_iter", [0, 1, 11, 12, 13, 24, 95, 383, 384, 1000, 1001, 1002])
def test_leaving_out_the_rounds_of_an_orbit_that_repeats_itself_changes_no_answer(max_iter: int) -> None:
    x, y = np.linspace(-1.3, 1.3, 61), np.linspace(-1.1, 1.1, 47)
    for c in (0j, -1 + 0j, -1.31 + 0j, -0.123 + 0.745j, -0.1 + 0.815j, -0.504 + 0.563j, -2.1 + 0.1j):
        inputs = (x, y, c, max_iter, 7, 1e-9)
        assert verdict(inputs, reference("tuned", "julia_period")(*inputs)) is None, c


@pytest.mark.parametrize(
    ("z", "c", "max_iter", "tol", "answer"),
    [
        (0, -1, 10, 0.0, 2),  # −1, 0, −1, 0, …
        (0, -1, 10, 1.0, 1),  # their distance is exactly tol
        (0, -1, 10, 0.999, 2),
        (0, -2, 10, 0.0, 1),  # −2, 2, 2, …: exactly on the edge
        (0, 1j, 10, 0.0, 2),  # i, −1 + i, −i, −1 + i, …
        (2, 0, 1, 9.0, 0),  # leaves with the last of the updates
        (2, 0, 0, 9.0, 5),  # leaves with the first comparison, though not further than tol
        (2.5, -4, 0, 9.0, 0),  # outside from the start, and inside after
        (1, -3, 0, 0.0, 2),  # −2, 1: |c| > 2, and it never leaves
        (1, -4, 0, 9.0, 5),  # −3, 5: leaves
    ],
)
def test_known_orbits_have_one_answer(z: complex, c: complex, max_iter: int, tol: float, answer: int) -> None:
    assert answers(complex(z), complex(c), max_iter, 4, tol) == {answer}


@pytest.mark.parametrize("name", ["64x64-100", "256x256-100", "1000x1000-256"])
def test_nearly_every_pixel_of_a_timed_call_has_one_answer_and_it_is_the_expected_one(name: str) -> None:
    x, y, *rule = problem(case_named(TASK, name))
    starts = (x + 1j * y[:, np.newaxis])[:: max(1, len(y) // 128)]
    expected = TASK.expect((x, y, *rule)).periods[:: max(1, len(y) // 128)]
    possible = np.array([KERNELS.possible_answers(start, *rule) for start in starts.ravel()])
    assert np.all(possible[np.arange(starts.size), expected.ravel()])
    assert np.mean(possible.sum(axis=1) > 1) <= 1e-4


# What is left open


def test_where_rounding_decides_about_the_distance_both_answers_pass() -> None:
    z, c = 0.3 + 0.2j, -0.2 + 0.1j
    distance = abs(z * z + c - z)
    assert answers(z, c, 0, 1, distance) == {1, 2}
    assert answers(z, c, 0, 1, distance * (1 + 1e-12)) == {1}
    assert answers(z, c, 0, 1, distance * (1 - 1e-12)) == {2}


def test_where_rounding_decides_about_leaving_both_answers_pass() -> None:
    z, c = complex(0.3, math.sqrt(4 - 0.09)), -0.2 + 0.1j  # |z| is 2, or a little less or more
    assert answers(z, c, 0, 3, 1e-3) == {0, 4}
    assert answers(z * (1 + 1e-12), c, 0, 3, 1e-3) == {0}
    assert answers(z * (1 - 1e-12), c, 0, 3, 1e-3) == {4}


def test_nothing_is_certain_about_a_chaotic_orbit_but_the_range() -> None:
    assert answers(0.3 + 0j, -2 + 0j, 500, 3, 1e-3) == {0, 1, 2, 3, 4}


def test_an_error_that_an_attracting_cycle_has_damped_does_not_matter() -> None:
    corner = (1 - np.sqrt(1 - 4 * (-0.123 + 0.745j))) / 2  # a repelling fixed point on the edge of the set
    starts = [corner + 1e-8 * np.exp(1j * angle) for angle in np.linspace(0, 6, 25)]
    found = [answers(complex(start), -0.123 + 0.745j, 1000, 5, 1e-12) for start in starts]
    assert all(len(one) == 1 for one in found)
    assert {0} in found
    assert {3} in found


# What is wrong does not


@settings(deadline=None)
@given(problems.filter(lambda inputs: inputs[0].size * inputs[1].size > 0), st.data())
def test_any_change_of_a_pixel_with_one_answer_is_found(inputs: Problem, data: st.DataObject) -> None:
    x, y, *rule = inputs
    row, column = data.draw(st.integers(0, len(y) - 1)), data.draw(st.integers(0, len(x) - 1))
    possible = KERNELS.possible_answers(complex(x[column], y[row]), *rule)
    periods = TASK.expect(inputs).periods.copy()
    assert possible[periods[row, column]]
    periods[row, column] += data.draw(st.integers(-100, 100).filter(bool))
    if possible.sum() == 1:
        difference = verdict(inputs, periods)
        assert difference is not None
        assert difference.where.startswith(f"row {row}, column {column} ")


@pytest.mark.parametrize("seed", range(5))
def test_single_precision_shows_whatever_the_seed(seed: int) -> None:
    single = next(mistake for mistake in TASK.mistakes if mistake.name == "single precision")
    for name in ("close-up-60x45", "small-tol-36x28"):
        inputs = drawn(case_named(TASK, name), seed)
        assert verdict(inputs, single.compute(*inputs)[0]) is not None, name


def test_a_wrong_pixel_is_found_behind_many_that_rounding_decides() -> None:
    x = np.linspace(-1.99, 1.99, 9001)
    inputs = (x, np.array([0.0]), -2 + 0j, 200, 3, 1e-3)  # chaotic on the whole of this line
    periods = (TASK.expect(inputs).periods + 1) % 5
    assert verdict(inputs, periods.astype(np.int32)) is None
    periods[0, 8000] = 7
    difference = verdict(inputs, periods.astype(np.int32))
    assert difference is not None
    assert difference.where.startswith("row 0, column 8000 ")


# What is counted


@pytest.mark.parametrize(
    ("z", "updates"),
    [
        (0 + 0j, 3 + 2),  # settles, and is back after two updates
        (0.5 + 0j, 3 + 4),  # is not back after four
        (-1.7 + 0j, 2),  # leaves with the second
        (3 + 0j, 0),  # is outside
    ],
)
def test_work_is_the_updates_until_a_pixel_is_decided(z: complex, updates: int) -> None:
    inputs = one_pixel(z, -1 + 0j, 3, 4, 0.05)
    assert TASK.work(inputs, TASK.expect(inputs)) == updates


def test_an_orbit_that_leaves_while_it_is_compared_counts_up_to_there() -> None:
    inputs = one_pixel(-1.7 + 0j, -1 + 0j, 1, 4, 0.05)
    assert TASK.expect(inputs).periods == 5
    assert TASK.work(inputs, TASK.expect(inputs)) == 1 + 1


@pytest.mark.parametrize("case", TASK.benchmark_cases[:3], ids=lambda case: case.name)
def test_fresh_inputs_of_a_timed_call_do_not_change_its_work(case: Case) -> None:
    works = [TASK.expect(drawn(case, seed)).updates for seed in range(8)]
    assert works == pytest.approx([np.mean(works)] * 8, rel=0.02)
    assert np.std(works) < 0.01 * np.mean(works)


def test_no_answer_of_a_timed_call_is_known_before_it() -> None:
    answers = np.array([TASK.expect(drawn(case_named(TASK, "256x256-100"), seed)).periods for seed in range(12)])
    assert (answers == answers[0]).all(axis=0).mean() < 0.01


def test_five_hundred_tables_of_starts_would_know_less_than_a_tenth_of_what_stays_in_a_timed_call() -> None:
    # Tables for c at distances of 0.001 and starts at distances of 0.002, believed where neighbours agree.
    for seed in range(3):
        x, y, c, *rule = problem(case_named(TASK, "256x256-100"), seed)
        periods = TASK.expect((x, y, c, *rule)).periods
        nearby = [
            TASK.expect((x + 1e-3 * move.real, y + 1e-3 * move.imag, c + 5e-4 * turn, *rule)).periods
            for move in (1, -1, 1j, -1j)
            for turn in (1, -1, 1j, -1j)
        ]
        the_same = (np.array(nearby) == periods).all(axis=0)
        assert np.mean(the_same[periods > 0]) < 0.1


def test_slow_code_can_do_all_check_cases() -> None:
    inputs_of_all = [drawn(case) for case in TASK.check_cases]
    assert sum(TASK.work(inputs, TASK.expect(inputs)) for inputs in inputs_of_all) < 1.5e6


def test_the_check_cases_show_every_kind_of_orbit() -> None:
    found = [(problem(case)[4], TASK.expect(problem(case)).periods) for case in TASK.check_cases]
    for period in (0, 1, 2, 3, 5, 8):
        assert any(np.count_nonzero(periods == period) >= 3 for max_period, periods in found if max_period >= period), period
    assert any(np.count_nonzero(periods == max_period) >= 3 for max_period, periods in found)


def test_orbits_leave_during_the_comparisons_of_the_case_that_says_so() -> None:
    x, y, c, max_iter, max_period, tol = problem(case_named(TASK, "leaves-late"))
    leaves_by_then = TASK.expect((x, y, c, max_iter + max_period, 1, tol)).periods == 0
    not_found = TASK.expect((x, y, c, max_iter, max_period, tol)).periods == max_period + 1
    assert np.count_nonzero(leaves_by_then & not_found) >= 50


# What a student reads


def example(change: dict[tuple[int, int], int]) -> Difference | None:
    x, y = np.array([-1.7, -1.0, -0.5, 0.0, 0.5]), np.array([-0.25, 0.0, 0.5])
    inputs = (x, y, -1 + 0j, 3, 4, 0.05)
    periods = TASK.expect(inputs).periods.copy()
    for place, value in change.items():
        periods[place] = value
    return verdict(inputs, periods)


def test_a_difference_names_the_pixel_its_start_and_both_answers() -> None:
    assert example({}) is None
    assert example({(0, 3): 1, (2, 1): 5}) == Difference(
        summary="2 of 15 pixels differ",
        where="row 0, column 3 (z₀ = 0 − 0.25i)",
        expected="2 (back after 2 updates)",
        got="1 (converges)",
    )
    assert example({(2, 1): 5}) == Difference(
        summary="1 of 15 pixels differs",
        where="row 2, column 1 (z₀ = −1 + 0.5i)",
        expected="0 (leaves |z| ≤ 2)",
        got="5 (no period up to 4)",
    )


def test_a_pixel_that_was_never_filled_in_is_said_to_be_so() -> None:
    difference = example({(1, 2): np.iinfo(np.int32).min})
    assert difference is not None
    assert difference.got == "-2147483648, outside 0…5: was this pixel filled in?"


def test_all_answers_that_are_left_open_are_named() -> None:
    z, c = 0.3 + 0.2j, -0.2 + 0.1j
    difference = verdict(one_pixel(z, c, 0, 1, abs(z * z + c - z)), np.array([[0]], dtype=np.int32))
    assert difference is not None
    assert difference.expected == "1 (converges) or 2 (no period up to 1)"


def test_the_interface_is_stated_by_the_readable_reference() -> None:
    assert str(UNDER_TEST.loaded.interface) == (
        "julia_period(x: float64[w], y: float64[h], c: complex, max_iter: int, max_period: int, tol: float) -> int32[h,w]"
    )
