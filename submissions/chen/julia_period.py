"""Periods of the orbits in the Julia set, with Numba. Real arithmetic only, no square roots (see julia.py)."""
import numpy as np
from numba import njit


@njit
def classify(zr, zi, cr, ci, max_iter, max_period, tol2):
    """0 escapes, p = 1..max_period has this period, max_period + 1 none was found."""
    if zr * zr + zi * zi > 4.0:
        return 0
    for _ in range(max_iter):
        zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
        if zr * zr + zi * zi > 4.0:
            return 0

    wr, wi = zr, zi
    for p in range(1, max_period + 1):
        wr, wi = wr * wr - wi * wi + cr, 2.0 * wr * wi + ci
        if wr * wr + wi * wi > 4.0:
            break
        if (wr - zr) ** 2 + (wi - zi) ** 2 <= tol2:
            return p
    return max_period + 1


@njit
def julia_period(x, y, c, max_iter, max_period, tol):
    out = np.empty((y.size, x.size), dtype=np.int32)
    for i in range(y.size):
        for j in range(x.size):
            out[i, j] = classify(x[j], y[i], c.real, c.imag, max_iter, max_period, tol * tol)
    return out
