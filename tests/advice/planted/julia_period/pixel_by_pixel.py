import numpy as np
from numba import njit


@njit
def classify(re, im, cr, ci, max_iter, max_period, tol):
    """0: leaves, p: period p, max_period + 1: nothing of that."""
    for _ in range(max_iter):
        if re * re + im * im > 4.0:
            return 0
        re, im = re * re - im * im + cr, 2.0 * re * im + ci
    if re * re + im * im > 4.0:
        return 0
    u, v = re, im
    for p in range(1, max_period + 1):
        u, v = u * u - v * v + cr, 2.0 * u * v + ci
        if u * u + v * v > 4.0:
            return max_period + 1
        if (u - re) * (u - re) + (v - im) * (v - im) <= tol * tol:
            return p
    return max_period + 1


def julia_period(x, y, c, max_iter, max_period, tol):
    periods = np.zeros((y.size, x.size), dtype=np.int32)
    for i in range(y.size):
        for j in range(x.size):
            periods[i, j] = classify(x[j], y[i], c.real, c.imag, max_iter, max_period, tol)
    return periods
