"""Logistic map, compiled with Numba."""
import numpy as np
from numba import jit


@jit(nopython=True)
def orbit(r, x, n_transient, kept):
    for n in range(n_transient + len(kept)):
        x = r * x * (1 - x)
        if n >= n_transient:
            kept[n - n_transient] = x


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    for column in range(len(r)):
        orbit(float(r[column]), float(x0[column]), n_transient, kept[:, column])
    return kept
