"""The growth of a time: exact powers are found exactly, noise widens the interval, and two points have none."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading.estimate import students_t
from grader.grading.growth import LEAST_S, Growth, GrowthPoint, fit, growths
from grader.records import CheckResult
from grader.verdicts import Verdict


def line(exponent: float, amounts: list[float], first_s: float = 0.01) -> list[GrowthPoint]:
    return [GrowthPoint(f"{amount:g}", amount, first_s * (amount / amounts[0]) ** exponent) for amount in amounts]


def found(growth: Growth | None) -> Growth:
    assert growth is not None
    return growth


def ends(growth: Growth) -> tuple[float, float]:
    assert growth.low is not None
    assert growth.high is not None
    return growth.low, growth.high


students_t(1, 0.95)  # what it loads late is loaded now: hypothesis times each example


@given(
    exponent=st.floats(0.1, 4),
    first=st.floats(1, 1e6),
    steps=st.lists(st.floats(1.5, 50), min_size=2, max_size=6),
    first_s=st.floats(0.001, 10),
)
def test_an_exact_power_is_found_with_no_width(exponent: float, first: float, steps: list[float], first_s: float) -> None:
    amounts = [first, *(first * float(factor) for factor in np.cumprod(steps))]
    growth = found(fit("work", line(exponent, amounts, first_s * 1.001)))
    assert growth.exponent == pytest.approx(exponent, abs=1e-6)
    assert ends(growth) == pytest.approx((exponent, exponent), abs=1e-4)
    assert growth.doubling == pytest.approx(2**exponent, rel=1e-5)


@given(times_s=st.lists(st.floats(LEAST_S, 100), min_size=3, max_size=8), scale=st.floats(1e-2, 1e2))
def test_another_clock_unit_changes_no_exponent(times_s: list[float], scale: float) -> None:
    points = [GrowthPoint(str(number), 10.0**number, time_s) for number, time_s in enumerate(times_s)]
    scaled = [GrowthPoint(one.case, one.amount * scale, one.time_s * 1.5) for one in points]
    growth, other = found(fit("work", points)), found(fit("work", scaled))
    assert growth.exponent == pytest.approx(other.exponent, abs=1e-6)
    low, high = ends(growth)
    assert low <= growth.exponent <= high


def test_the_interval_is_students_by_hand() -> None:
    # ln of amounts 0, 1, 2 and of times 0, 2, 3: slope 1.5, residuals -1/6, 1/3, -1/6, so s² = 1/6 and its error √(1/12).
    points = [GrowthPoint(str(x), math.exp(x), math.exp(y)) for x, y in ((0, 0), (1, 2), (2, 3))]
    low, high = ends(found(fit("work", points)))
    assert (low, high) == pytest.approx((1.5 - 12.7062 * math.sqrt(1 / 12), 1.5 + 12.7062 * math.sqrt(1 / 12)), rel=1e-4)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    generator = np.random.default_rng(5)
    inside = 0
    for _ in range(400):
        noisy = [
            GrowthPoint(one.case, one.amount, one.time_s * math.exp(generator.normal(0, 0.05)))
            for one in line(1.3, [1, 10, 100, 1000])
        ]
        low, high = ends(found(fit("work", noisy)))
        inside += low <= 1.3 <= high
    assert 0.92 <= inside / 400 <= 0.98


def test_two_cases_give_an_exponent_without_an_interval() -> None:
    growth = found(fit("work", line(2.0, [10, 100])))
    assert growth.exponent == pytest.approx(2)
    assert (growth.low, growth.high) == (None, None)


def test_one_case_says_nothing() -> None:
    assert fit("work", line(1.0, [10])) is None
    assert fit("work", line(1.0, [10, 10])) is None


def test_calls_in_which_the_graders_own_part_shows_are_left_out() -> None:
    overhead_s = 60e-6
    points = [
        GrowthPoint(one.case, one.amount, one.time_s + overhead_s) for one in line(1.0, [1, 10, 100, 1000, 10000], first_s=2e-5)
    ]
    growth = found(fit("work", points))
    assert [one.case for one in growth.points] == ["100", "1000", "10000"]
    assert growth.exponent == pytest.approx(1.0, abs=0.01)


def test_work_and_size_each_have_their_exponent() -> None:
    sizes = {"small": 100.0, "medium": 200.0, "large": 400.0}
    check = CheckResult(
        Verdict.ACCEPTED,
        "correct",
        case_work={case: 2 * n**3 for case, n in sizes.items()},
        case_sizes=sizes,
        case_calls_s={case: (2e-8 * n**3, 1e-8 * n**3, 9e-8 * n**3) for case, n in sizes.items()},
    )
    by_work, by_size = growths(check, "n")
    assert (by_work.over, by_size.over) == ("work", "n")
    assert (by_work.exponent, by_size.exponent) == pytest.approx((1, 3))
    assert growths(check, None) == (by_work,)
    assert by_work.points[0].time_s == pytest.approx(0.01), "the fastest of a case's calls: noise only adds time"
