"""The studentized range: its quantiles agree with the published tables and with SciPy's own, slower ones."""

import math

import pytest
from scipy.stats import studentized_range

from grader.grading.studentized_range import studentized_range_quantile


@pytest.mark.parametrize(
    ("probability", "groups", "degrees_of_freedom", "tabled"),
    [(0.95, 3, 10, 3.88), (0.95, 10, 20, 5.01), (0.99, 5, 20, 5.29), (0.95, 2, math.inf, 2.77)],
)
def test_the_quantile_is_the_tabled_one(probability: float, groups: int, degrees_of_freedom: float, tabled: float) -> None:
    assert studentized_range_quantile(probability, groups, degrees_of_freedom) == pytest.approx(tabled, abs=0.005)


@pytest.mark.parametrize("groups", [2, 9, 60])
@pytest.mark.parametrize("degrees_of_freedom", [2, 3.7, 12, 200, math.inf])
@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_the_quantile_agrees_with_scipys_distribution(groups: int, degrees_of_freedom: float, alpha: float) -> None:
    quantile = studentized_range_quantile(1 - alpha, groups, degrees_of_freedom)
    below, above = studentized_range.sf([quantile * (1 - 1e-4), quantile * (1 + 1e-4)], groups, degrees_of_freedom)
    assert above < alpha < below
