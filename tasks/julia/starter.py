"""Julia set: count the updates z ← z² + c made while |z| ≤ 2.

Run this file to try the example; `grader check julia.py` tries many more, and says how fast it is.
"""

import numpy as np
from numpy.typing import NDArray

# To compile your loops with Numba, put `from numba import njit` here and `@njit` on the line above `def julia`.
# Inside, use only NumPy arrays, numbers and loops: Numba compiles those, not lists of lists or other libraries.


def julia(x: NDArray[np.float64], y: NDArray[np.float64], c: complex, max_iter: int) -> NDArray[np.int32]:
    """Count, for each start z₀ = x + iy, the updates z ← z² + c made while |z| ≤ 2, at most max_iter.

    Args:
        x: the real parts of the starts, one a column; shape (w,).
        y: the imaginary parts of the starts, one a row; shape (h,).
        c: the constant that chooses the set.
        max_iter: the count at which a start is taken to stay forever, ≥ 0.

    Returns:
        counts of shape (h, w): counts[row, column] is the count of z₀ = x[column] + i y[row].
    """
    raise NotImplementedError("write julia() here")


if __name__ == "__main__":
    answer = julia(np.array([-1.5, -0.5, 0.5, 1.5]), np.array([-0.5, 0.0, 0.75]), -0.4 + 0.6j, 20)
    np.testing.assert_array_equal(answer, [[1, 3, 20, 2], [2, 20, 20, 2], [1, 9, 2, 1]])
