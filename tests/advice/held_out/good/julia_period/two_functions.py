import numpy as np
from numba import njit


@njit
def settled(z, c, max_iter):
    """z after all updates, or the first one outside."""
    for _ in range(max_iter):
        if z.real * z.real + z.imag * z.imag > 4.0:
            break
        z = z * z + c
    return z


@njit
def cycle(s, c, max_period, tol):
    z = s
    for p in range(1, max_period + 1):
        z = z * z + c
        if z.real * z.real + z.imag * z.imag > 4.0:
            break
        d = z - s
        if d.real * d.real + d.imag * d.imag <= tol * tol:
            return p
    return max_period + 1


@njit
def julia_period(x, y, c, max_iter, max_period, tol):
    periods = np.zeros((len(y), len(x)), dtype=np.int32)
    for i, im in enumerate(y):
        for j, re in enumerate(x):
            s = settled(complex(re, im), c, max_iter)
            if s.real * s.real + s.imag * s.imag <= 4.0:
                periods[i, j] = cycle(s, c, max_period, tol)
    return periods
