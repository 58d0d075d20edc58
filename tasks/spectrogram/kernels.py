"""The compiled half of the checker: every number of an answer compared.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def count_wrong(
    got: NDArray[np.float64], expected: NDArray[np.float64], tolerance: NDArray[np.float64], wrong: NDArray[np.int64]
) -> None:
    """Count in each row the numbers that differ by more than its tolerance; NaN does."""
    for row in range(got.shape[0]):
        allowed = tolerance[row]
        count = 0
        for column in range(got.shape[1]):
            count += not abs(got[row, column] - expected[row, column]) <= allowed
        wrong[row] = count
