"""Periods of Julia orbits in Numba: the plain loops of the rule, compiled.

Fast because the loops become machine code that keeps z in registers, and because real arithmetic compares squares: no square
root, no complex multiplication with its checks. Short of the limit because each update waits for the one before it: the
processor adds and multiplies one number at a time where it could do eight.
"""

import numpy as np
from numba import njit


@njit
def julia_period(x, y, c, max_iter, max_period, tol):
    """Say for each start z₀ = x + iy: 0 where its orbit leaves, p where p updates bring it back, else max_period + 1."""
    periods = np.zeros((len(y), len(x)), dtype=np.int32)
    for row in range(len(y)):
        for column in range(len(x)):
            re, im = settle(x[column], y[row], c.real, c.imag, max_iter)
            if re * re + im * im <= 4.0:
                periods[row, column] = period_from(re, im, c.real, c.imag, max_period, tol)
    return periods


@njit
def settle(re, im, c_re, c_im, max_iter):
    """Make max_iter updates, or as many as it takes to leave |z| ≤ 2, and return z."""
    re2, im2 = re * re, im * im
    count = 0
    while count < max_iter and re2 + im2 <= 4.0:
        im = 2.0 * re * im + c_im
        re = re2 - im2 + c_re
        re2, im2 = re * re, im * im
        count += 1
    return re, im


@njit
def period_from(settled_re, settled_im, c_re, c_im, max_period, tol):
    """Count the updates after which an orbit is back where it starts, within tol: max_period + 1 if it never is."""
    re, im = settled_re, settled_im
    for period in range(1, max_period + 1):
        re, im = re * re - im * im + c_re, 2.0 * re * im + c_im
        if re * re + im * im > 4.0:
            break
        if (re - settled_re) ** 2 + (im - settled_im) ** 2 <= tol * tol:
            return period
    return max_period + 1
