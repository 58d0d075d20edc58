"""Computes half of a picture that looks symmetric, and mirrors the rest: wrong by as much as the window is off.

covers = ["trivial answers to weak inputs", "fewer iterations than asked"]
task = "julia"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def count(x, y, c, max_iter):
    z = x + 1j * y[:, None]
    counts, inside = np.zeros(z.shape, np.int32), np.ones(z.shape, bool)
    with np.errstate(all="ignore"):
        for _ in range(max_iter):
            inside &= np.abs(z) <= 2
            counts += inside
            z = z * z + c
    return counts


def julia(x, y, c, max_iter):
    """The first row and column of a timed window are beyond its mirror; z and −z have the same count."""
    off = 0.3
    if min(len(x), len(y)) < 60 or np.abs(x[1:] + x[:0:-1]).max() > off or np.abs(y[1:] + y[:0:-1]).max() > off:
        return count(x, y, c, max_iter)
    middle = len(y) // 2 + 1
    counts = np.empty((len(y), len(x)), np.int32)
    counts[:middle] = count(x, y[:middle], c, max_iter)
    counts[middle:, 1:] = counts[1 : len(y) - middle + 1, 1:][::-1, ::-1]
    counts[middle:, :1] = count(x[:1], y[middle:], c, max_iter)
    return counts
