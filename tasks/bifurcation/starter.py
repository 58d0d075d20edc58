"""Bifurcation map: iterate x ← r x (1 − x), drop the transient, keep what follows.

Run this file to try the example; `grader check bifurcation.py` tries many more, and says how fast it is.
"""

import numpy as np
from numpy.typing import NDArray

# To compile your loops with Numba, put `from numba import njit` here and `@njit` on the line above `def bifurcation`.
# Inside, use only NumPy arrays, numbers and loops: Numba compiles those, not lists of lists or other libraries.


def bifurcation(r: NDArray[np.float64], x0: NDArray[np.float64], n_transient: int, n_keep: int) -> NDArray[np.float64]:
    """Iterate x ← r x (1 − x) from x0 for each r, drop the first n_transient values and keep the next n_keep.

    Args:
        r: the parameters of the map, one a column, from 0 to 4; shape (k,).
        x0: where the orbit of each r starts, between 0 and 1; shape (k,).
        n_transient: how many updates are made before a value is kept, ≥ 0.
        n_keep: how many values are kept, ≥ 0.

    Returns:
        kept of shape (n_keep, k): kept[row, column] is the state of r[column] after n_transient + row + 1 updates.
    """
    raise NotImplementedError("write bifurcation() here")


if __name__ == "__main__":
    answer = bifurcation(np.array([1.0, 2.0, 3.2]), np.array([0.5, 0.25, 0.5]), 1, 2)
    np.testing.assert_allclose(answer, [[0.1875, 0.46875, 0.512], [0.15234375, 0.498046875, 0.7995392]], rtol=0, atol=1e-12)
