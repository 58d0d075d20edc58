"""Matrix multiplication: c = a · b.

Run this file to try the example; `grader check matmul.py` tries many more, and says how fast it is.
"""

import numpy as np
from numpy.typing import NDArray

# To compile your loops with Numba, put `from numba import njit` here and `@njit` on the line above `def matmul`.
# Inside, use only NumPy arrays, numbers and loops: Numba compiles those, not lists of lists or other libraries.


def matmul(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply two matrices: c[i, j] = Σₚ a[i, p] · b[p, j], the sum over p = 0 … k − 1.

    Args:
        a: the left matrix; shape (n, k).
        b: the right matrix; shape (k, m).

    Returns:
        the product c; shape (n, m), zeros where k = 0.
    """
    raise NotImplementedError("write matmul() here")


if __name__ == "__main__":
    answer = matmul(np.array([[1.0, 0.5, -1.0], [0.0, -0.5, 1.0]]), np.array([[0.5, 1.0], [-1.0, 0.5], [0.25, 1.0]]))
    np.testing.assert_allclose(answer, [[-0.25, 0.25], [0.75, 0.75]])
