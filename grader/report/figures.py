"""How points and speedups are written."""

from math import isinf

from grader.grading.growth import Growth
from grader.units import ABSENT

_WIDE = 0.5
"""An interval that reaches further than this share of its middle is written as an interval."""


def points_text(points: float | None, max_points: float | None) -> str:
    """`3.5 / 7`; a dash where nothing has been decided yet."""
    if max_points is None:
        return ABSENT
    return f"{ABSENT if points is None else f'{points:g}'} / {max_points:g}"


def speedup_text(speedup: float | None, low: float | None, high: float | None) -> str:
    """`1.23 × ±1.4 %`, or the interval itself where it is wide."""
    if speedup is None or low is None or high is None:
        return ABSENT
    if low == 0 or isinf(high):
        return f"{speedup:.3g} × (no interval yet)"
    half_width = max(high / speedup, speedup / low) - 1
    if half_width > _WIDE:
        return f"{speedup:.3g} × ({low:.3g} to {high:.3g})"
    return f"{speedup:.3g} × ±{100 * half_width:.2g} %"


def growth_text(growth: Growth) -> str:
    """`time ∝ work^1.02 (0.97 to 1.07, 4 cases): twice the work takes 2.03 times as long`."""
    count = f"{len(growth.points)} cases"
    known = growth.low is not None and growth.high is not None
    interval = f"{growth.low:.2f} to {growth.high:.2f}, {count}" if known else f"{count}, too few for an interval"
    power = f"time ∝ {growth.over}^{growth.exponent:.2f} ({interval})"
    return f"{power}: twice the {growth.over} takes {growth.doubling:.3g} times as long"
