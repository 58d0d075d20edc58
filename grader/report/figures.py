"""How points and speedups are written."""

from math import inf, isinf

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
    if half_width(speedup, low, high) > _WIDE:
        return f"{speedup:.3g} × ({low:.3g} to {high:.3g})"
    return f"{speedup:.3g} × {within_text(speedup, low, high)}"


def within_text(middle: float, low: float, high: float) -> str:
    """`±1.4 %`, or that there is no interval yet."""
    if low == 0 or isinf(high):
        return "(no interval yet)"
    return f"±{100 * half_width(middle, low, high):.2g} %"


def half_width(middle: float, low: float, high: float) -> float:
    """Of an interval about a ratio, as a fraction; infinite where nothing bounds it."""
    return inf if low == 0 else max(high / middle, middle / low) - 1
