"""The bifurcation map in Numba, the same in every process: the plain loops, compiled."""

import numpy as np
from numba import njit


@njit
def mpi_bifurcation(r, x0, n_transient, n_keep):
    """Iterate x ← r x (1 − x) from x0 for each r, drop the first n_transient values and keep the next n_keep."""
    kept = np.empty((n_keep, len(r)))
    for column in range(len(r)):
        x = x0[column]
        for _ in range(n_transient):
            x = r[column] * x * (1 - x)
        for row in range(n_keep):
            x = r[column] * x * (1 - x)
            kept[row, column] = x
    return kept
