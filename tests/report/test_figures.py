"""How points and speedups are written."""

import re
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.grading.growth import Growth, GrowthPoint
from grader.grading.roofline import Bottleneck, Limit
from grader.report.figures import (
    difference_text,
    growth_text,
    limit_text,
    points_text,
    rank_text,
    share_text,
    speedup_text,
    within_text,
)
from grader.units import rate_text
from tests.report.example import accepted, reference

# Speedups and points


@pytest.mark.parametrize(("first_rank", "last_rank", "text"), [(None, None, ""), (2, 2, "2"), (2, 4, "2–4")])
def test_ranks_that_noise_leaves_open_are_a_range(first_rank: int | None, last_rank: int | None, text: str) -> None:
    assert rank_text(first_rank, last_rank) == text


@pytest.mark.parametrize(
    ("speedup", "low", "high", "text"),
    [
        (None, None, None, "–"),
        (1.234, 1.217, 1.251, "1.23 × ±1.4 %"),
        (2.0, 0.5, 8.0, "2 × (0.5 to 8)"),
        (2.0, 1.01, 3.96, "2 × (1.01 to 3.96)"),
        (1234.0, 12.3, 12345.0, "1230 × (12.3 to 12300)"),
        (1.5, 0.0, float("inf"), "1.5 × (no interval yet)"),
    ],
)
def test_a_speedup_stands_with_its_interval(speedup: float | None, low: float | None, high: float | None, text: str) -> None:
    assert speedup_text(speedup, low, high) == text


@settings(deadline=None)
@given(st.floats(1e-3, 1e5), st.floats(0, 700))
def test_every_interval_can_be_written(speedup: float, reach: float) -> None:
    text = speedup_text(speedup, speedup * exp(-reach), speedup * exp(reach))
    number, _, rest = text.partition(" × ")
    assert float(number) == pytest.approx(speedup, rel=0.005)
    assert re.fullmatch(r"±[\d.e-]+ %|\(.+ to .+\)|\(no interval yet\)", rest)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (1.97e9, 2.03e9, "±1.5 %"),
        (3.1e8, 1.3e10, "(310 M flop/s to 13 G flop/s)"),
        (0.0, float("inf"), "(no interval yet)"),
    ],
)
def test_the_interval_of_a_rate_is_written_in_its_unit_where_it_is_wide(low: float, high: float, text: str) -> None:
    assert within_text(2e9, low, high, lambda rate: rate_text(rate, "flop")) == text


@pytest.mark.parametrize(
    ("difference", "text"), [(0.013, "1.3 %"), (0.99, "99 %"), (1.5, "a factor of 2.5"), (549.0, "a factor of 550")]
)
def test_a_large_difference_is_a_factor(difference: float, text: str) -> None:
    assert difference_text(difference) == text


@pytest.mark.parametrize(
    ("points", "most", "text"), [(None, None, "–"), (None, 7.0, "– / 7"), (0.0, 7.0, "0 / 7"), (3.5, 7.0, "3.5 / 7")]
)
def test_undecided_points_are_a_dash_and_no_zero(points: float | None, most: float | None, text: str) -> None:
    assert points_text(points, most) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.314, "31 %"), (1.0, "100 %"), (1.234, "120 %"), (0.00027, "0.027 %"), (0.0996, "10 %"), (0.0, "0 %")]
)
def test_a_share_has_two_digits(share: float, text: str) -> None:
    assert share_text(share) == text


def test_a_share_of_the_limit_stands_with_what_limits_and_the_references_beside() -> None:
    compute = Limit(1, 1e9, 8, 8, 0.005, Bottleneck.COMPUTE, None)
    write = Limit(1, 1e9, 8, 160_000_000, 0.008, Bottleneck.WRITE, "memory")
    ada, numba = accepted("ada", limit=compute), reference("numba", limit=write)
    assert limit_text(ada, [ada, numba, reference("naive")]) == (
        "25 % of what the machine can do: the usual 1 G operations take 5 ms at least, at 200 G operations/s; numba 40 %"
    )
    assert limit_text(numba, [numba]) == (
        "40 % of what the machine can do: writing 160 MB of answer takes 8 ms at least, at the 20 GB/s of memory"
    )


def test_where_no_limit_is_known_or_nothing_was_measured_nothing_is_said() -> None:
    assert limit_text(accepted("ada"), []) == ""
    assert limit_text(accepted("ada", limit=Limit(1, 1e9, 8, 8, 0.005, Bottleneck.COMPUTE, None), wall_time_s=None), []) == ""


# Growth


def test_growth_is_told_by_what_a_doubling_costs() -> None:
    points = tuple(GrowthPoint(str(size), size, size / 1e3) for size in (1, 2, 4))
    assert growth_text(Growth("n", 2.98, 2.9, 3.06, points)) == (
        "time ∝ n^2.98 (2.90 to 3.06, 3 cases): twice the n takes 7.89 times as long"
    )
    assert growth_text(Growth("work", 1.0, None, None, points[:2])) == (
        "time ∝ work^1.00 (2 cases, too few for an interval): twice the work takes 2 times as long"
    )
