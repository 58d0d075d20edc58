"""The trapezoidal rule in NumPy: the values of many points at once, the same in every process.

Fast because the loop over points runs in C. The points are taken in blocks that fit a cache: all at once, ten million of them
would take 80 MB in each of several arrays.
"""

import numpy as np

BLOCK = 1 << 14  # points: 128 KiB


def integral(a, b, omega, n):
    """Integrate f(x) = x cos(omega x²) from a to b by the trapezoidal rule with n intervals."""
    h = (b - a) / n
    ends = np.array([a, b])
    total = (ends * np.cos(omega * ends * ends)).sum() / 2
    for first in range(1, n, BLOCK):
        x = a + np.arange(first, min(first + BLOCK, n)) * h
        total += x @ np.cos(omega * x * x)
    return h * total
