"""Periods with Numba: no square root, no complex number."""
import numpy as np
from numba import njit


@njit
def classify(zr, zi, cr, ci, max_iter, max_period, tol2):
    for _ in range(max_iter):
        zr2, zi2 = zr * zr, zi * zi
        if zr2 + zi2 > 4.0:
            return 0
        zr, zi = zr2 - zi2 + cr, 2.0 * zr * zi + ci
    if zr * zr + zi * zi > 4.0:
        return 0
    wr, wi = zr, zi
    for p in range(1, max_period + 1):
        wr, wi = wr * wr - wi * wi + cr, 2.0 * wr * wi + ci
        if wr * wr + wi * wi > 4.0:
            break
        dr, di = wr - zr, wi - zi
        if dr * dr + di * di <= tol2:
            return p
    return max_period + 1


@njit
def julia_period(x, y, c, max_iter, max_period, tol):
    out = np.empty((y.size, x.size), dtype=np.int32)
    for i in range(y.size):
        for j in range(x.size):
            out[i, j] = classify(x[j], y[i], c.real, c.imag, max_iter, max_period, tol * tol)
    return out
