"""How a submission's time grows: the exponent p of time ∝ work^p over its benchmark cases, with an interval.

The check stage's fastest call at each case is one point, since noise only ever adds time. The exponent is the slope of a
straight line through the points on logarithmic axes, by least squares, and its interval is Student's, from what the line
leaves over (Montgomery, Peck and Vining, *Introduction to Linear Regression Analysis*, section 2.4). The cases are the
repetitions, not the calls: calls of one worker at one case share their process and their minute, and agree far better than
the cases lie on one line, because caches and fixed costs bend it. Many calls would make the interval of a bent line small, and
wrong.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from grader.grading.estimate import students_t, turn_time_s
from grader.records import CheckResult

CONFIDENCE = 0.95
LEAST_S = 1e-3
"""Of shorter calls the grader's own part (some 60 µs each, `grader doctor` measures it) would be more than a twentieth. It is
not subtracted, since it differs from machine to machine: a case below is left out. What is left of it makes an exponent over
an eightfold range of work smaller by 0.03 at most."""
WORK = "work"
_FEWEST = 2
"""Points of a line; without a third, nothing says how far they scatter around it."""


@dataclass(frozen=True)
class GrowthPoint:
    """One benchmark case: how much there is to do, and how long a call takes."""

    case: str
    amount: float
    time_s: float


@dataclass(frozen=True)
class Growth:
    """Time ∝ amount^exponent over these points."""

    over: str
    """What the amount is: the task's work, or its size by the name that the task gives it."""
    exponent: float
    low: float | None
    """The interval's ends; None where two points leave nothing to judge it by."""
    high: float | None
    points: tuple[GrowthPoint, ...]

    @property
    def doubling(self) -> float:
        """How many times as long a call takes with twice the amount."""
        return math.exp2(self.exponent)


def growths(check: CheckResult, size_name: str | None) -> tuple[Growth, ...]:
    """How the time grows with the work and, where the task says what its size is, with the size."""
    kinds = [(WORK, check.case_work), *([(size_name, check.case_sizes)] if size_name is not None else [])]
    return tuple(
        growth
        for over, amounts in kinds
        if (
            growth := fit(
                over,
                (
                    GrowthPoint(case, amount, turn_time_s(check.case_calls_s[case]))
                    for case, amount in amounts.items()
                    if case in check.case_calls_s
                ),
            )
        )
        is not None
    )


def fit(over: str, points: Iterable[GrowthPoint]) -> Growth | None:
    """The exponent over those points that say something; None where they are fewer than two different amounts."""
    kept = tuple(sorted((one for one in points if one.time_s >= LEAST_S and one.amount > 0), key=lambda one: one.amount))
    if len({one.amount for one in kept}) < _FEWEST:
        return None
    amounts, times = np.log([one.amount for one in kept]), np.log([one.time_s for one in kept])
    spread = amounts - amounts.mean()
    exponent = float(spread @ times / (spread @ spread))
    freedom = len(kept) - _FEWEST
    if freedom == 0:
        return Growth(over, exponent, None, None, kept)
    left_over = times - times.mean() - exponent * spread
    standard_error = math.sqrt(left_over @ left_over / freedom / (spread @ spread))
    reach = students_t(freedom, CONFIDENCE) * standard_error
    return Growth(over, exponent, exponent - reach, exponent + reach, kept)
