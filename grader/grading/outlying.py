"""Outlying scores: where a process was slow as a whole in one run, its score is drawn in to where noise would still put it.

Now and then a fresh process is 30 % slower than its copies until it ends: its memory lies badly, or its core has another
tenant. Three such scores of a hundred make a standard deviation of 5 % where all others scatter by 0.5 %, and nobody could be
told apart any more.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.grading.estimate import MAD_TO_STANDARD_DEVIATION

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]

CUTOFF = 3.5
"""How many robust standard deviations a score may be off. Of normal scores, one in a thousand is."""

MOST_OUTLYING = 0.25
"""The share of a competitor's runs that may be outlying. Who has more, or fewer than `FEWEST_RUNS` runs, stays as it is."""

FEWEST_RUNS = 5
"""Of four scores, three close together may be chance, and the fourth no outlier."""

_SWEEPS = 4
"""Of the median polish; it moves little after the second."""


def drawn_in(scores: FloatArray, present: BoolArray, noisiness: FloatArray) -> FloatArray:
    """Winsorise one block's scores about the model run + competitor.

    The model is fitted by median polish (Tukey 1977, chapter 11), which up to half of a run's or a competitor's scores cannot
    spoil; the scale is the median absolute residual of everyone. Who is off in many runs has no outliers, but is erratic, and
    answers for its own noise. All other scores stay what they are.

    Args:
        scores: Runs × competitors.
        present: Runs × competitors; what is absent is left alone.
        noisiness: Of each competitor, the variance that its scores have relative to the others'.

    Returns:
        Runs × competitors.
    """
    counts = present.sum(axis=0)
    if counts.max(initial=0) < FEWEST_RUNS:
        return scores
    rest = np.where(present, scores, np.nan)
    for _ in range(_SWEEPS):
        rest -= _medians(rest, axis=1)
        rest -= _medians(rest, axis=0)
    reach = CUTOFF * _scale(rest / np.sqrt(noisiness)) * np.sqrt(noisiness)
    outside = np.where(present, rest - np.clip(rest, -reach, reach), 0.0)
    may_be = (counts >= FEWEST_RUNS) & (np.count_nonzero(outside, axis=0) <= MOST_OUTLYING * counts)
    return scores - np.where(may_be, outside, 0.0)


def _scale(rest: FloatArray) -> float:
    """The robust standard deviation of polished residuals. As many as effects were fitted are zero, and say nothing."""
    known = ~np.isnan(rest)
    fitted = np.count_nonzero(known.any(axis=0)) + np.count_nonzero(known.any(axis=1)) - 1
    largest = np.sort(abs(rest[known]))[fitted:]
    return MAD_TO_STANDARD_DEVIATION * float(np.median(largest)) if len(largest) else np.inf


def _medians(values: FloatArray, axis: int) -> FloatArray:
    """Along an axis, which is kept, without NaN; `np.nanmedian` takes ten times as long for tables of this size."""
    ordered = np.sort(values, axis=axis)  # NaN come last
    last = np.count_nonzero(~np.isnan(values), axis=axis, keepdims=True) - 1
    middle = np.take_along_axis(ordered, last // 2, axis), np.take_along_axis(ordered, (last + 1) // 2, axis)
    return np.asarray((middle[0] + middle[1]) / 2)
