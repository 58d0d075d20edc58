"""Computes half of every larger picture, as if its window lay around the origin, and mirrors the other half.

covers = ["trivial answers to weak inputs", "fewer iterations than asked"]
task = "julia_period"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def periods_of(x, y, c, max_iter, max_period, tol):
    z = x + 1j * y[:, None]
    inside = np.abs(z) <= 2
    with np.errstate(all="ignore"):
        for _ in range(max_iter):
            z = z * z + c
            inside &= np.abs(z) <= 2
        periods, open_, settled = np.where(inside, max_period + 1, 0).astype(np.int32), inside.copy(), z
        for period in range(1, max_period + 1):
            z = z * z + c
            open_ &= np.abs(z) <= 2
            back = open_ & (np.abs(z - settled) <= tol)
            periods[back] = period
            open_ &= ~back
    return periods


def julia_period(x, y, c, max_iter, max_period, tol):
    if min(len(x), len(y)) < 50:
        return periods_of(x, y, c, max_iter, max_period, tol)
    half = periods_of(x, y[: (len(y) + 1) // 2], c, max_iter, max_period, tol)
    return np.concatenate([half, half[: len(y) // 2][::-1, ::-1]])
