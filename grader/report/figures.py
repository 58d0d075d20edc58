"""How ranks, points, speedups, intervals and shares of the machine's limit are written."""

from collections.abc import Callable, Iterable
from math import inf, isinf

from grader.grading.growth import Growth
from grader.grading.roofline import Bottleneck, Limit
from grader.grading.standings import Result
from grader.text import harmless_name
from grader.units import ABSENT, count_text, memory_text, number_text, rate_text, time_text

_WIDE = 0.5
"""An interval that reaches further than this share of its middle is written as an interval."""


def points_text(points: float | None, max_points: float | None) -> str:
    """`3.5 / 7`; a dash where nothing has been decided yet."""
    if max_points is None:
        return ABSENT
    return f"{ABSENT if points is None else f'{points:g}'} / {max_points:g}"


def rank_text(first_rank: int | None, last_rank: int | None) -> str:
    """`2`, or `2–4` where noise leaves more than one open; nothing for who has none."""
    if first_rank is None:
        return ""
    return str(first_rank) if last_rank == first_rank else f"{first_rank}–{last_rank}"


def speedup_text(speedup: float | None, low: float | None, high: float | None) -> str:
    """`1.23 × ±1.4 %`, `2 × (0.5 to 8)`."""
    if speedup is None or low is None or high is None:
        return ABSENT
    return f"{number_text(speedup)} × {within_text(speedup, low, high)}"


def within_text(middle: float, low: float, high: float, written: Callable[[float], str] = number_text) -> str:
    """`±1.4 %`; the interval itself, its ends as they are `written`, where it is wide; or that there is none yet."""
    reach = half_width(middle, low, high)
    if isinf(reach):
        return "(no interval yet)"
    if reach > _WIDE:
        return f"({written(low)} to {written(high)})"
    return f"±{share_text(reach)}"


def difference_text(difference: float) -> str:
    """`1.3 %` of a difference as a fraction; from 100 % on `a factor of 2.5`."""
    return share_text(difference) if difference < 1 else f"a factor of {number_text(1 + difference, 2)}"


def half_width(middle: float, low: float, high: float) -> float:
    """Of an interval about a ratio, as a fraction; infinite where nothing bounds it."""
    return inf if low == 0 or isinf(high) else max(high / middle, middle / low) - 1


def share_text(share: float) -> str:
    """`31 %`, `0.027 %`: two digits."""
    return f"{number_text(100 * share, 2)} %"


def limit_text(result: Result, everyone: Iterable[Result]) -> str:
    """What share of the machine's limit somebody reaches, what the limit is, and how far the references come.

    Empty where nothing was measured, or the task counts no operations.
    """
    if result.limit is None or result.share_of_limit is None:
        return ""
    references = [
        f"{harmless_name(one.author)} {share_text(one.share_of_limit)}"
        for one in everyone
        if (one.kind, one.task) == ("reference", result.task) and one != result and one.share_of_limit is not None
    ]
    beside = f"; {', '.join(references)}" if references else ""
    return f"{share_text(result.share_of_limit)} of what the machine can do: {_least_time_text(result.limit)}{beside}"


def _least_time_text(limit: Limit) -> str:
    """`the usual 2.15 G operations take 16.8 ms at least, at 128 G operations/s`."""
    least = f"{time_text(limit.least_time_s)} at least"
    if limit.by is Bottleneck.COMPUTE:
        speed = rate_text(limit.operations / limit.least_time_s, "operations")
        return f"the usual {count_text(limit.operations, 'operations')} take {least}, at {speed}"
    size_bytes = limit.read_bytes if limit.by is Bottleneck.READ else limit.written_bytes
    does, what = ("reading", "inputs") if limit.by is Bottleneck.READ else ("writing", "answer")
    speed = memory_text(round(size_bytes / limit.least_time_s))
    return f"{does} {memory_text(size_bytes)} of {what} takes {least}, at the {speed}/s of {limit.level}"


def growth_text(growth: Growth) -> str:
    """`time ∝ work^1.02 (0.97 to 1.07, 4 cases): twice the work takes 2.03 times as long`."""
    return f"{power_text(growth)}: twice the {growth.over} takes {growth.doubling:.3g} times as long"


def power_text(growth: Growth) -> str:
    """`time ∝ work^1.02 (0.97 to 1.07, 4 cases)`."""
    count = f"{len(growth.points)} cases"
    known = growth.low is not None and growth.high is not None
    interval = f"{growth.low:.2f} to {growth.high:.2f}, {count}" if known else f"{count}, too few for an interval"
    return f"time ∝ {growth.over}^{growth.exponent:.2f} ({interval})"
