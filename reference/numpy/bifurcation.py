"""The bifurcation map in NumPy: all r make an update together.

Fast because the loop over r runs in C, on several numbers at once. Only that loop can be handed over: the updates of one orbit
wait for each other, so the loop over updates stays in Python. Short of compiled loops because each of the three operations
writes its result to memory, to be read again by the next.
"""

import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    """Iterate x ← r x (1 − x) from x0 for each r, drop the first n_transient values and keep the next n_keep."""
    kept = np.empty((n_keep, len(r)))
    x = x0
    for _ in range(n_transient):
        x = r * x * (1 - x)
    for row in range(n_keep):
        x = r * x * (1 - x)
        kept[row] = x
    return kept
