"""The bifurcation map in NumPy, the same in every process: what a single one does with all r at once."""

import numpy as np


def mpi_bifurcation(r, x0, n_transient, n_keep):
    """Iterate x ← r x (1 − x) from x0 for each r, drop the first n_transient values and keep the next n_keep."""
    kept = np.empty((n_keep, len(r)))
    x = x0
    for _ in range(n_transient):
        x = r * x * (1 - x)
    for row in range(n_keep):
        x = r * x * (1 - x)
        kept[row] = x
    return kept
