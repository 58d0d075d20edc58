"""Periods of Julia orbits: where does an orbit under z ← z² + c leave, where does it converge, where does it jump in a cycle?

Run this file to try the example; `grader check julia_period.py` tries many more, and says how fast it is.
"""

import numpy as np
from numpy.typing import NDArray

# To compile your loops with Numba, put `from numba import njit` here and `@njit` on the line above `def julia_period`.
# Inside, use only NumPy arrays, numbers and loops: Numba compiles those, not lists of lists or other libraries.


def julia_period(
    x: NDArray[np.float64], y: NDArray[np.float64], c: complex, max_iter: int, max_period: int, tol: float
) -> NDArray[np.int32]:
    """Say, for each start z₀ = x + iy, after how many updates its orbit comes back, once it had max_iter updates to settle.

    Args:
        x: the real parts of the starts, one a column; shape (w,).
        y: the imaginary parts of the starts, one a row; shape (h,).
        c: the constant that chooses the set.
        max_iter: the updates an orbit is given to settle, ≥ 0.
        max_period: the longest period that is looked for, ≥ 1.
        tol: how close an orbit must come back, ≥ 0.

    Returns:
        periods of shape (h, w), with periods[row, column] for z₀ = x[column] + i y[row]: 0 where z₀ or one of the first
        max_iter updates has |z| > 2; else the smallest p from 1 to max_period such that p further updates bring z back to
        within tol; max_period + 1 where there is none, or where a further update has |z| > 2 before a p is found.
    """
    raise NotImplementedError("write julia_period() here")


if __name__ == "__main__":
    answer = julia_period(np.array([-1.7, -1.0, -0.5, 0.0, 0.5]), np.array([-0.25, 0.0, 0.5]), -1 + 0j, 3, 4, 0.05)
    np.testing.assert_array_equal(answer, [[0, 5, 5, 2, 5], [0, 2, 5, 2, 5], [0, 0, 0, 2, 0]])
