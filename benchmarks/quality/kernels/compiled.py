"""Compiled by Numba: a recurrence in a scalar loop."""

import numpy as np
from numba import njit

SIZE = 10_000
PERCENT = 0


@njit
def piece(number, x):
    """SIZE steps of a recurrence, and the sum of its squares."""
    total = 0.0
    for _ in range(SIZE):
        x = 0.9 * x + 0.05
        total += x * x
    return total


@njit
def pieces(x, again):
    """The pieces, and the first `again` of them once more: one machine code for every `again`."""
    results = np.empty(len(x))
    for number in range(len(x)):
        results[number] = piece(number, x[number])
    for number in range(again):
        results[number] = (results[number] + piece(number, x[number])) / 2
    return results


def compiled(x: "float64[n]") -> "float64[n]":
    """What `piece` makes of every number; the first PERCENT % are made once more, and the mean of both counts."""
    return pieces(x, len(x) * PERCENT // 100)
