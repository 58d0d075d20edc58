"""Asks Numba to keep its compiled functions on disk.

task = "julia"
verdict = "ACCEPTED"
"""

import numpy as np
from numba import njit


@njit(cache=True)
def escape(re, im, c, max_iter):
    count = 0
    while count < max_iter and re * re + im * im <= 4.0:
        re, im = re * re - im * im + c.real, 2.0 * re * im + c.imag
        count += 1
    return count


@njit(cache=True)
def julia(x, y, c, max_iter):
    counts = np.empty((len(y), len(x)), np.int32)
    for row in range(len(y)):
        for column in range(len(x)):
            counts[row, column] = escape(x[column], y[row], c, max_iter)
    return counts
