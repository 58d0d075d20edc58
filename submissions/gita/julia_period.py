import numpy as np
from numba import njit


@njit
def outside(z):
    return z.real ** 2 + z.imag ** 2 > 4


@njit
def pixel(z: complex, c: complex, max_iter: int, max_period: int, tol: float) -> int:
    for _ in range(max_iter):
        if outside(z):
            return 0
        z = z * z + c
    if outside(z):
        return 0

    first = z
    for p in range(1, max_period + 1):
        z = z * z + c
        if outside(z):
            return max_period + 1
        if abs(z - first) <= tol:
            return p
    return max_period + 1


@njit
def julia_period(x, y, c, max_iter, max_period, tol):
    periods = np.zeros((len(y), len(x)), dtype=np.int32)
    for row in range(len(y)):
        for col in range(len(x)):
            periods[row, col] = pixel(complex(x[col], y[row]), c, max_iter, max_period, tol)
    return periods
