"""Julia set with Numba."""
import numpy as np
from numba import njit


@njit
def escape(zr, zi, cr, ci, max_iter):
    # no complex numbers and no square root: |z| <= 2  <=>  zr^2 + zi^2 <= 4
    n = 0
    while n < max_iter:
        zr2 = zr * zr
        zi2 = zi * zi
        if zr2 + zi2 > 4.0:
            break
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
        n += 1
    return n


@njit
def julia(x, y, c, max_iter):
    h = y.size
    w = x.size
    out = np.empty((h, w), dtype=np.int32)
    for i in range(h):
        for j in range(w):
            out[i, j] = escape(x[j], y[i], c.real, c.imag, max_iter)
    return out
