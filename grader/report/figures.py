"""How points and speedups are written."""

from math import isinf

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
