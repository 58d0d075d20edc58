"""Periods of Julia orbits: a compiled loop over the rows, shared out between all cores."""
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def julia_period(x, y, c, max_iter, max_period, tol):
    periods = np.zeros((len(y), len(x)), dtype=np.int32)
    for row in prange(len(y)):
        for column in range(len(x)):
            re, im = settle(x[column], y[row], c.real, c.imag, max_iter)
            if re * re + im * im <= 4.0:
                periods[row, column] = period_from(re, im, c.real, c.imag, max_period, tol)
    return periods


@njit
def settle(re, im, c_re, c_im, max_iter):
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
    re, im = settled_re, settled_im
    for period in range(1, max_period + 1):
        re, im = re * re - im * im + c_re, 2.0 * re * im + c_im
        if re * re + im * im > 4.0:
            break
        if (re - settled_re) ** 2 + (im - settled_im) ** 2 <= tol * tol:
            return period
    return max_period + 1
