# bifurcation map, from the handout of the Numba lecture

import numpy as np
from numba import njit


@njit
def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    for column in range(len(r)):
        x = x0[column]
        # the values before are not interesting
        for _ in range(n_transient):
            x = r[column] * x * (1 - x)
        for row in range(n_keep):
            x = r[column] * x * (1 - x)
            kept[row, column] = x
    return kept
