"""The estimate: from timed calls to one score per competitor and run.

A score is a natural logarithm of a ratio of times, log(time over the baseline's time): 0 is as fast as the baseline, −0.05 is
5 % faster. Every step uses one competitor and the baseline alone, so no third competitor can move the difference of two.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median

from grader.errors import GraderError

MAD_TO_STANDARD_DEVIATION = 1.4826
"""The standard deviation of normal values over their median absolute deviation."""

FEWEST_TO_WINSORISE = 3
"""Of two values neither can be called the outlier."""


def turn_time_s(timed_calls_s: Sequence[float]) -> float:
    """One turn's time in s: the smallest of its timed calls, since within one turn noise only ever adds time.

    Raises:
        GraderError: There is no call, or one did not take a positive, finite time.
    """
    if not timed_calls_s:
        raise GraderError("a turn has no timed call; time at least one after the warm call")
    for call_s in timed_calls_s:
        _require_time(call_s, "a timed call")
    return min(timed_calls_s)


def score_run(rounds: Sequence[Mapping[str, float]], baseline: str) -> dict[str, float]:
    """The score of every competitor in one run: its fastest turns, over the baseline's fastest in the same rounds.

    Both are means of logarithms over the faster half of the turns, each over its own. Where other machines share a core, every
    tenth turn takes half as long again, whoever's turn it is; of a ratio of two turns either may be it. The smallest turn alone
    would be one turn's luck. Slow phases of the machine cancel, for they leave the same rounds to all.

    Args:
        rounds: Maps competitor to turn time in s, once per round. A competitor may be absent from some rounds.
        baseline: The competitor that all others are compared with; it must be in every round.

    Returns:
        Competitor to score; the baseline's is exactly 0.

    Raises:
        GraderError: A round lacks the baseline, or a turn did not take a positive, finite time.
    """
    logs: dict[str, list[tuple[float, float]]] = {}
    for number, turns_s in enumerate(rounds, start=1):
        if baseline not in turns_s:
            raise GraderError(f"round {number} lacks the baseline {baseline!r}; every round must time it")
        for competitor, turn_s in turns_s.items():
            _require_time(turn_s, f"the turn of {competitor!r} in round {number}")
            logs.setdefault(competitor, []).append((math.log(turn_s), math.log(turns_s[baseline])))
    return {
        competitor: _faster_half(own for own, _ in both) - _faster_half(other for _, other in both)
        for competitor, both in logs.items()
    }


def _faster_half(logs: Iterable[float]) -> float:
    """The mean of the smaller half; of one value, that."""
    ordered = sorted(logs)
    return fmean(ordered[: max(1, len(ordered) // 2)])


def winsorised_mean(values: Sequence[float], cutoff_mad: float = 3.5) -> float:
    """The mean after pulling values that are far from the median back to the cutoff, so that one wild run cannot decide.

    Args:
        values: At least one number. Fewer than three give their plain mean.
        cutoff_mad: How far from the median a value may be, in median absolute deviations scaled to a standard deviation.
            Where more than half of the values are equal, that deviation is 0 and the median is the answer.

    Raises:
        GraderError: There is no value.
    """
    if not values:
        raise GraderError("the mean of no values was asked for; average only competitors that took part in a run")
    if len(values) < FEWEST_TO_WINSORISE:
        return fmean(values)
    centre = median(values)
    deviation = MAD_TO_STANDARD_DEVIATION * median(abs(value - centre) for value in values)
    reach = cutoff_mad * deviation
    return fmean(min(max(value, centre - reach), centre + reach) for value in values)


def _require_time(time_s: float, what: str) -> None:
    if not (math.isfinite(time_s) and time_s > 0):
        raise GraderError(f"{what} took {time_s} s; a time must be positive and finite, so check the clock that measured it")


def students_t(freedom: int, confidence: float) -> float:
    """Of how many standard errors an interval of this confidence reaches to either side, with so many degrees of freedom."""
    from scipy.special import stdtrit  # here, so that commands start at once; `scipy.stats` has the same, and takes far longer

    return float(stdtrit(freedom, (1 + confidence) / 2))
