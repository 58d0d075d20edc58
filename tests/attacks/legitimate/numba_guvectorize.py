"""Compiles one orbit into a generalised function for whole arrays, with a dummy for its length.

task = "bifurcation"
verdict = "ACCEPTED"
"""

import numpy as np
from numba import guvectorize


@guvectorize(["(float64, float64, int64, float64[:], float64[:])"], "(),(),(),(n)->(n)", nopython=True)
def orbit(r, x, n_transient, like, kept):
    for _ in range(n_transient):
        x = r * x * (1 - x)
    for row in range(len(like)):
        x = r * x * (1 - x)
        kept[row] = x


def bifurcation(r, x0, n_transient, n_keep):
    if n_keep == 0 or len(r) == 0:
        return np.empty((n_keep, len(r)))
    return orbit(r, x0, n_transient, np.empty(n_keep)).T
