"""The bifurcation map in plain Python, the same in every process: more of them do not help, since each does all of it."""

import numpy as np


def mpi_bifurcation(r: "float64[k]", x0: "float64[k]", n_transient: int, n_keep: int) -> "float64[n_keep,k]":
    """Iterate x ← r x (1 − x) from x0 for each r, drop the first n_transient values and keep the next n_keep.

    Args:
        r: the parameters of the map, 0 ≤ r ≤ 4; in any order.
        x0: where the orbit of each r starts, 0 < x0 < 1.
        n_transient: how many updates are made before a value is kept, ≥ 0.
        n_keep: how many values are kept, ≥ 0.

    Returns:
        kept, with kept[row, column] the state of r[column] after n_transient + row + 1 updates of x0[column], on rank 0.
    """
    kept = np.empty((n_keep, len(r)))
    for column in range(len(r)):
        rate, x = float(r[column]), float(x0[column])
        for _ in range(n_transient):
            x = rate * x * (1 - x)
        for row in range(n_keep):
            x = rate * x * (1 - x)
            kept[row, column] = x
    return kept
