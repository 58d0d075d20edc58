"""On two cores: the pieces of a compiled loop, shared out over Numba's threads."""

import numpy as np
from numba import njit, prange

SIZE = 20_000
PERCENT = 0


@njit
def piece(number, x):
    """SIZE steps of a recurrence, and the sum of its squares."""
    total = 0.0
    for _ in range(SIZE):
        x = 0.9 * x + 0.05
        total += x * x
    return total


@njit(parallel=True)
def pieces(x, again):
    """The pieces and the first `again` of them once more, all of them shared out evenly."""
    count = len(x)
    made = np.empty(count + again)
    for number in prange(count + again):
        made[number] = piece(number % count, x[number % count])
    results = made[:count].copy()
    for number in range(again):
        results[number] = (results[number] + made[count + number]) / 2
    return results


def threads(x: "float64[n]") -> "float64[n]":
    """What `piece` makes of every number; the first PERCENT % are made once more, and the mean of both counts."""
    return pieces(x, len(x) * PERCENT // 100)
