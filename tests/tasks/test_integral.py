"""The trapezoidal rule: its checker accepts what is right and rejects what is wrong, and its texts say what is so."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.task import Difference, Inputs
from tests.tasks.integral_variants import HONEST, exactly_added, from_the_antiderivative
from tests.tasks.task_under_test import TaskUnderTest, answer_of, drawn, figure_of_answers, task_under_test, verdict_of

UNDER_TEST: TaskUnderTest = task_under_test("integral")
TASK = UNDER_TEST.task
assert TASK.tolerance_used is not None
TOLERANCE_USED = TASK.tolerance_used

LINE: Inputs = (1.0, 5.0, 0.0, 4)
"""ω = 0: the area under y = x from 1 to 5 is 12, and the points are 1, 2, 3, 4 and 5."""


def mistaken(name: str, inputs: Inputs) -> float:
    (mistake,) = (one for one in TASK.mistakes if one.name == name)
    return float(mistake.compute(*inputs)[0])


def verdict(inputs: Inputs, got: float) -> Difference | None:
    return TASK.check(inputs, (np.array(got),), TASK.expect(inputs))


def tolerance_as_published(inputs: Inputs) -> float:
    a, b, omega, n = (float(value.real) for value in inputs if not isinstance(value, np.ndarray))
    most = max(abs(a), abs(b))
    return 2.0**-52 * abs(b - a) * most * (16 * abs(omega) * most**2 + n + 16)


@st.composite
def problems(draw: st.DrawFn) -> tuple[float, float, float, int]:
    ends = st.floats(-3, 3).filter(lambda x: x == 0 or abs(x) > 1e-3)
    return draw(ends), draw(ends), draw(st.floats(-1e4, 1e4)), draw(st.integers(1, 400))


# What is right passes


@settings(deadline=None)
@given(problems(), st.sampled_from(sorted(HONEST)))
def test_every_order_of_addition_passes_on_anything(inputs: tuple[float, float, float, int], name: str) -> None:
    assert verdict_of(TASK, HONEST[name], inputs) is None


@pytest.mark.parametrize("case", TASK.benchmark_cases[:2], ids=lambda case: case.name)
def test_timed_sums_use_half_of_the_tolerance_at_most(case: object) -> None:
    (inputs,) = (drawn(one) for one in TASK.benchmark_cases if one is case)
    for compute in UNDER_TEST.honest.values():
        assert TOLERANCE_USED(inputs, answer_of(TASK, compute, inputs), TASK.expect(inputs)) < 0.5


# What is wrong does not


@settings(deadline=None)
@given(problems(), st.sampled_from([-1, 1]))
def test_a_sum_passes_just_inside_the_published_tolerance_and_fails_just_outside(
    inputs: tuple[float, float, float, int], sign: int
) -> None:
    right = TASK.expect(inputs)
    tolerance = tolerance_as_published(inputs)
    if abs(right) < 1e6 * tolerance and tolerance > 1e-300:
        assert verdict(inputs, right + 0.9 * sign * tolerance) is None
        assert verdict(inputs, right + 1.1 * sign * tolerance) is not None


def test_no_formula_replaces_a_timed_sum() -> None:
    """Where the function is smooth, the antiderivative and a correction would do; timed ones oscillate too fast for both."""
    smooth = (0.3, 2.0, 1.0, 100_000)
    assert abs(from_the_antiderivative(*smooth) - exactly_added(*smooth)) < 1e-12
    for case in TASK.benchmark_cases[:2]:
        assert verdict_of(TASK, from_the_antiderivative, drawn(case)) is not None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_never_passes(value: float) -> None:
    assert verdict(LINE, value) is not None
    assert TOLERANCE_USED(LINE, (np.array(value),), TASK.expect(LINE)) == math.inf


# What a student reads


def test_a_difference_names_the_integral_and_both_numbers() -> None:
    difference = verdict(LINE, 15.0)
    assert difference is not None
    assert difference.where == "the integral from a = 1 to b = 5 with ω = 0 and n = 4"
    assert (difference.expected, difference.got) == ("12", "15")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ends counted whole", 15.0),
        ("ends left out", 9.0),
        ("left rectangles", 10.0),
        ("right rectangles", 14.0),
        ("starts at 0", 8.0),
        ("x missing", 4.0),
        ("remainder left out, 2 processes", 12.0),
        ("remainder left out, 3 processes", 7.5),  # three of four intervals
        ("remainder left out, 5 processes", 0.0),  # no process has one
        ("seams left out, 2 processes", 9.5),  # 1 2 | 3 4 5
        ("own share only, 2 processes", 4.0),
        ("everything everywhere, 3 processes", 36.0),
    ],
)
def test_mistakes_are_what_their_names_say(name: str, value: float) -> None:
    assert TASK.expect(LINE) == 12
    assert mistaken(name, LINE) == pytest.approx(value)


def test_a_share_without_remainder_loses_nothing() -> None:
    inputs = drawn(TASK.benchmark_cases[0])
    assert verdict(inputs, mistaken("remainder left out, 2 processes", inputs)) is None
    assert verdict(inputs, mistaken("remainder left out, 3 processes", inputs)) is not None


def test_the_interface_is_stated_by_the_readable_reference() -> None:
    assert str(UNDER_TEST.loaded.interface) == "integral(a: float, b: float, omega: float, n: int) -> float64"


# The picture


def test_the_error_falls_with_the_square_of_the_number_of_intervals() -> None:
    (picture,) = TASK.pictures
    answers = [(inputs := drawn(case), answer_of(TASK, UNDER_TEST.fastest, inputs)) for case in picture.cases]
    _, below = figure_of_answers(picture, *answers).axes
    (line,) = (one for one in below.lines if one.get_label() == "|sum − integral|")
    intervals, error = (np.asarray(values, dtype=np.float64) for values in line.get_data())
    slope = np.polyfit(np.log(intervals[3:]), np.log(error[3:]), 1)[0]
    assert slope == pytest.approx(-2, abs=0.05)
