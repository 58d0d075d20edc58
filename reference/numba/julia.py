"""The Julia set in Numba: the plain loops of the formula, compiled.

Fast because the loops become machine code that keeps z in registers, and because real arithmetic shares the two squares
between |z|² ≤ 4 and the next z (no square root, no complex multiplication with its checks). Short of the limit because each
update waits for the one before it: the processor adds and multiplies one number at a time where it could do eight.
"""

import numpy as np
from numba import njit


@njit
def julia(x, y, c, max_iter):
    """Count, for each start z₀ = x + iy, the updates z ← z² + c made while |z| ≤ 2, at most max_iter."""
    counts = np.empty((len(y), len(x)), dtype=np.int32)
    for row in range(len(y)):
        for column in range(len(x)):
            counts[row, column] = count_updates(x[column], y[row], c.real, c.imag, max_iter)
    return counts


@njit
def count_updates(re, im, c_re, c_im, max_iter):
    """Count the updates of one start."""
    re2, im2 = re * re, im * im
    count = 0
    while count < max_iter and re2 + im2 <= 4.0:
        im = 2.0 * re * im + c_im
        re = re2 - im2 + c_re
        re2, im2 = re * re, im * im
        count += 1
    return count
