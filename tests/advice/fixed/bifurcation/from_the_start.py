import numpy as np
from numba import njit


@njit
def state(r, x, n):
    """x after n updates."""
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x


@njit
def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    for column in range(len(r)):
        x = state(r[column], x0[column], n_transient)
        for row in range(n_keep):
            x = state(r[column], x, 1)
            kept[row, column] = x
    return kept
