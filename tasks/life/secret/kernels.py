"""The answer that is expected, computed fast: a solution of the task, and so in no student's copy.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def play(framed: NDArray[np.uint8], after: NDArray[np.uint8], living: NDArray[np.int64]) -> None:
    """So many generations as there are counts, of what lies within a frame; the last grid is in `framed`."""
    for generation in range(len(living)):
        framed[1:-1, 0] = framed[1:-1, -2]
        framed[1:-1, -1] = framed[1:-1, 1]
        framed[0] = framed[-2]
        framed[-1] = framed[1]
        for row in range(1, framed.shape[0] - 1):
            living[generation] += step(framed[row - 1], framed[row], framed[row + 1], after[row])
        framed[1:-1] = after[1:-1]


@njit(cache=True, nogil=True)
def step(above: NDArray[np.uint8], row: NDArray[np.uint8], below: NDArray[np.uint8], after: NDArray[np.uint8]) -> int:
    """Write the next generation of a row into `after`, and count what lives in it."""
    for column in range(1, len(row) - 1):
        around = np.uint8(above[column - 1] + above[column] + above[column + 1])
        around = np.uint8(around + below[column - 1] + below[column] + below[column + 1])
        around = np.uint8(around + row[column - 1] + row[column + 1])
        after[column] = np.uint8((around | row[column]) == 3)  # noqa: PLR2004 -- three, or two around one that lives
    count = 0
    for column in range(1, len(row) - 1):
        count += after[column]
    return count
