import numpy as np
from numba import njit


@njit
def state(re, im, cr, ci, n):
    """z after n updates, or the first one outside."""
    for _ in range(n):
        if re * re + im * im > 4.0:
            break
        re, im = re * re - im * im + cr, 2.0 * re * im + ci
    return re, im


@njit
def period(x, y, cr, ci, max_iter, max_period, tol):
    s, t = state(x, y, cr, ci, max_iter)
    if s * s + t * t > 4.0:
        return 0
    re, im = s, t
    for p in range(1, max_period + 1):
        re, im = state(re, im, cr, ci, 1)
        if re * re + im * im > 4.0:
            break
        if (re - s) * (re - s) + (im - t) * (im - t) <= tol * tol:
            return p
    return max_period + 1


@njit
def julia_period(x, y, c, max_iter, max_period, tol):
    periods = np.empty((len(y), len(x)), dtype=np.int32)
    for i in range(len(y)):
        for j in range(len(x)):
            periods[i, j] = period(x[j], y[i], c.real, c.imag, max_iter, max_period, tol)
    return periods
