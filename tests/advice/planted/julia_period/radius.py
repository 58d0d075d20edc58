import numpy as np
from numba import njit


@njit
def settle(z, c, max_iter):
    n = 0
    while n < max_iter and abs(z) <= 2:
        z = z * z + c
        n += 1
    return z


@njit
def period(s, c, max_period, tol):
    z = s
    for p in range(1, max_period + 1):
        z = z * z + c
        if z.real**2 + z.imag**2 > 4:
            break
        if (z.real - s.real) ** 2 + (z.imag - s.imag) ** 2 <= tol**2:
            return p
    return max_period + 1


@njit
def julia_period(x, y, c, max_iter, max_period, tol):
    periods = np.zeros((len(y), len(x)), dtype=np.int32)
    for i, im in enumerate(y):
        for j, re in enumerate(x):
            z = settle(complex(re, im), c, max_iter)
            if z.real**2 + z.imag**2 <= 4:
                periods[i, j] = period(z, c, max_period, tol)
    return periods
