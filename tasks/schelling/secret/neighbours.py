"""Neighbours counted fast with NumPy alone: most of a solution of the task, and so in no student's copy."""

import numpy as np
from numpy.typing import NDArray


def count_neighbours(grid: NDArray[np.int8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """How many of the eight neighbours of each cell are of kind 1, and of kind 2; uint8[n, n] each.

    Kind 2 is kept as 16, so that one sum of bytes holds both counts, in its lower and its upper four bits.
    """
    bits = grid.astype(np.uint8)
    kept = (bits & 1) | ((bits & 2) << 3)
    if grid.size:
        kept = np.pad(kept, 1, mode="wrap")
    rows = kept[:-2] + kept[1:-1] + kept[2:]
    around = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:] - kept[1:-1, 1:-1]
    return around & 15, around >> 4
