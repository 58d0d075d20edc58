"""The answer that is expected, computed fast: a solution of the task, and so in no student's copy.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

RADIUS = 2.0
"""An orbit is counted while |z| is at most this."""
LANES = 16
"""Pixels that step together, so that the compiler can use vector instructions."""
STEPS = 8
"""Updates between two looks at whether any of them is still inside."""


@njit(cache=True, nogil=True)
def count_updates(x: NDArray[np.float64], y: NDArray[np.float64], c: complex, max_iter: int) -> NDArray[np.int32]:
    """The counts of all starts x[column] + i y[row], as int32[h, w], computed on one thread with float64 rounding."""
    counts = np.empty((len(y), len(x)), dtype=np.int32)
    re, im, count = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    for row in range(len(y)):
        for left in range(0, len(x), LANES):
            for lane in range(LANES):
                re[lane] = x[min(left + lane, len(x) - 1)]
                im[lane] = y[row]
                count[lane] = 0.0
            steps = 0
            inside = LANES
            while steps < max_iter and inside > 0:
                _advance(re, im, count, float(steps), c)
                steps += STEPS
                inside = 0
                for lane in range(LANES):
                    inside += count[lane] == steps
            for lane in range(min(LANES, len(x) - left)):
                counts[row, left + lane] = min(count[lane], max_iter)
    return counts


@njit(cache=True)
def _advance(re: NDArray[np.float64], im: NDArray[np.float64], count: NDArray[np.float64], steps: float, c: complex) -> None:
    """Make `STEPS` updates in all lanes, and count them while a lane that was inside for all `steps` so far stays inside."""
    for lane in range(LANES):
        a, b, n = re[lane], im[lane], count[lane]
        inside = n == steps
        for _ in range(STEPS):
            a2, b2 = a * a, b * b
            inside &= a2 + b2 <= RADIUS * RADIUS
            n = n + 1.0 if inside else n
            b = 2.0 * a * b + c.imag
            a = a2 - b2 + c.real
        re[lane], im[lane], count[lane] = a, b, n
