"""The compiled half of the checker: every number of an answer compared.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def count_wrong(got: NDArray[np.float64], expected: NDArray[np.float64], allowed: float) -> int:
    """Count the numbers that differ by more than what is allowed; NaN does."""
    count = 0
    for t in range(len(got)):
        count += not abs(got[t] - expected[t]) <= allowed
    return count
