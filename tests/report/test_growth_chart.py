"""The chart of time against work: the points are where their logarithms are, and no name lies on another."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.grading.growth import Growth, GrowthPoint
from grader.report.growth_chart import BOTTOM, LEFT, RIGHT, TOP, GrowthChart, growth_chart, spread
from tests.report.example import GROWTH, accepted, reference


def chart_of(*growths: Growth) -> GrowthChart:
    own, *others = growths
    references = [reference(f"level {index}", growths=(one,)) for index, one in enumerate(others)]
    found = growth_chart(accepted("ada", growths=(own,)), references)
    assert found is not None
    return found


def power_law(exponent: float, factor: float, amounts: tuple[float, ...] = (1e3, 1e4, 1e6)) -> Growth:
    points = tuple(GrowthPoint(f"{amount:g}", amount, factor * amount**exponent) for amount in amounts)
    return Growth("work", exponent, None, None, points)


def test_the_own_curve_comes_last_and_each_says_its_power() -> None:
    chart = chart_of(power_law(1.0, 1e-6), power_law(1.5, 1e-5))
    assert [(curve.author, curve.is_own, curve.power) for curve in chart.curves] == [
        ("level 0", False, "work^1.50"),
        ("ada", True, "work^1.00"),
    ]


def test_on_logarithmic_axes_a_power_law_is_the_fitted_line() -> None:
    (curve,) = chart_of(power_law(2.0, 1e-9)).curves
    (x0, y0), (x1, y1), (x2, y2) = curve.points
    assert curve.line == (curve.points[0], curve.points[-1])
    assert (x1 - x0) / (x2 - x0) == pytest.approx(1 / 3, abs=1e-3), "one decade of three"
    assert (y1 - y0) / (x1 - x0) == pytest.approx((y2 - y0) / (x2 - x0), rel=1e-2)
    assert y2 < y0, "longer is higher up"


@given(st.lists(st.tuples(st.floats(0.1, 4), st.floats(1e-9, 1e-2)), min_size=1, max_size=7))
@example(laws=[(0.1, 1.192092896e-07)])  # all times lie between twice and five times a power of ten
def test_everything_stays_within_the_frame(laws: list[tuple[float, float]]) -> None:
    chart = chart_of(*(power_law(exponent, factor) for exponent, factor in laws))
    for curve in chart.curves:
        assert all(LEFT < x < RIGHT and TOP < y < BOTTOM for x, y in (*curve.points, *curve.line))
    assert all(LEFT <= tick.at <= RIGHT for tick in chart.work_ticks)
    assert all(TOP <= tick.at <= BOTTOM for tick in chart.time_ticks)
    assert 1 <= len(chart.work_ticks) <= 8
    assert 1 <= len(chart.time_ticks) <= 8


@pytest.mark.parametrize("amounts", [(1e3, 1.001e3), (1e3, 1.1e3), (1.1e3, 1.9e3), (900.0, 1.2e3), (1e3, 8e3), (1e-3, 1e12)])
def test_every_range_has_ticks(amounts: tuple[float, ...]) -> None:
    chart = chart_of(power_law(1.0, 1e-6, amounts))
    assert 1 <= len(chart.time_ticks) <= 8
    assert 1 <= len(chart.work_ticks) <= 8


def test_the_ticks_are_powers_of_ten_with_their_prefixes() -> None:
    chart = chart_of(power_law(1.0, 1e-6))
    assert [tick.text for tick in chart.work_ticks] == ["1 k", "10 k", "100 k", "1 M"]
    assert [tick.text for tick in chart.time_ticks] == ["1 ms", "10 ms", "100 ms", "1 s"]


@given(st.lists(st.floats(TOP, BOTTOM), min_size=1, max_size=10))
def test_names_are_moved_apart_in_their_order(places: list[float]) -> None:
    moved = spread(places, 17, BOTTOM)
    in_order = [moved[index] for index in sorted(range(len(places)), key=lambda index: places[index])]
    assert all(after - before >= 17 - 1e-9 for before, after in pairwise(in_order))
    assert max(moved) <= BOTTOM


def test_names_that_are_far_apart_stay_where_they_are() -> None:
    assert spread([200.0, 50.0], 17, 272) == [200.0, 50.0]


def test_without_growth_there_is_no_chart() -> None:
    assert growth_chart(accepted("ada", growths=()), [reference("numba")]) is None
    assert growth_chart(accepted("ada", growths=(GROWTH,)), [replace(reference("numba"), growths=())]) is not None
