"""The bifurcation map in Numba: the plain loops of the formula, compiled.

Fast because x stays in a register and nothing is looked up. Short of the limit, and no faster than NumPy for many r, because of
latency: the operations of an update wait for each other, some four cycles each, and the next update waits for them; meanwhile
the processor could have worked on dozens of other orbits. Another order of the same loops mends that.
"""

import numpy as np
from numba import njit


@njit
def bifurcation(r, x0, n_transient, n_keep):
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
