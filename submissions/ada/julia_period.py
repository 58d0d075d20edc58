import numpy as np


def settle(z, c, max_iter):
    """z after max_iter steps, or None if the orbit has left the circle |z| <= 2."""
    for _ in range(max_iter):
        if abs(z) > 2:
            return None
        z = z * z + c
    if abs(z) > 2:
        return None
    return z


def period(z, c, max_period, tol):
    start = z
    for p in range(1, max_period + 1):
        z = z * z + c
        if abs(z) > 2:
            return max_period + 1
        if abs(z - start) <= tol:
            return p
    return max_period + 1


def julia_period(x, y, c, max_iter, max_period, tol):
    colours = np.zeros((len(y), len(x)), dtype=np.int32)
    for i, im in enumerate(y.tolist()):
        for j, re in enumerate(x.tolist()):
            z = settle(complex(re, im), c, max_iter)
            if z is not None:
                colours[i, j] = period(z, c, max_period, tol)
    return colours
