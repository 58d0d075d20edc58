import numpy as np
from numba import njit


def orbits(r, x, n_transient, kept):
    for n in range(n_transient + len(kept)):
        for i in range(len(r)):
            x[i] = r[i] * x[i] * (1.0 - x[i])
            if n >= n_transient:
                kept[n - n_transient, i] = x[i]


fast_orbits = njit(orbits)


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    fast_orbits(r, x0, n_transient, kept)
    return kept
