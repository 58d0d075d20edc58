"""How long the bars of a task's speeds are: on a logarithmic scale from its slowest to its fastest."""

import math
from collections.abc import Iterable

from grader.grading.standings import Result

_SHORTEST = 2.0
"""Percent, of the slowest: a bar that can be seen."""


def bar_lengths(results: Iterable[Result]) -> dict[tuple[str, str], float]:
    """By kind and author, in percent of the longest, of the results of one task; each doubling of the speed adds as much."""
    rates = {(one.kind, one.author): one.counted_rate for one in results if one.counted_rate}
    speeds = {who: math.log(rate) for who, rate in rates.items() if rate}
    if not speeds:
        return {}
    slowest, fastest = min(speeds.values()), max(speeds.values())
    if slowest == fastest:
        return dict.fromkeys(speeds, 100.0)
    scale = (100 - _SHORTEST) / (fastest - slowest)
    return {who: round(_SHORTEST + scale * (speed - slowest), 1) for who, speed in speeds.items()}
