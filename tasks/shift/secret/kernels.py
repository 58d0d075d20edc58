"""The answer that is expected, computed fast: a solution of the task, and so in no student's copy.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def add_shifted_columns(picture: NDArray[np.uint8], amounts: NDArray[np.int64], total: NDArray[np.int32]) -> None:
    """Add the picture, shifted to the right by each amount, to `total`, row by row."""
    width = picture.shape[1]
    for row in range(picture.shape[0]):
        for amount in amounts:
            cut = amount % width
            add(picture[row, : width - cut], total[row, cut:])
            add(picture[row, width - cut :], total[row, :cut])


@njit(cache=True, nogil=True)
def add(pixels: NDArray[np.uint8], sums: NDArray[np.int32]) -> None:
    """Add pixels to sums, one by one."""
    for column in range(len(pixels)):
        sums[column] += pixels[column]
