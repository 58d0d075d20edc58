"""Conway's game of life in Numba: loops over the cells, compiled, the same in every process.

Fast because the inner loop runs along a row of a framed grid, whose neighbours all lie a fixed distance away: no remainders and
no conditions, so that the compiler turns it into instructions for many bytes at once.
"""

import numpy as np
from numba import njit


@njit
def life(grid, generations):
    """Let Conway's game of life run for so many generations on a grid whose edges are joined."""
    height, width = grid.shape
    living = np.zeros(generations, dtype=np.int64)
    if height == 0 or width == 0:
        return grid, living
    cells = np.zeros((height + 2, width + 2), dtype=np.uint8)
    cells[1:-1, 1:-1] = grid
    after = cells.copy()
    for generation in range(generations):
        join_edges(cells)
        count = 0
        for i in range(1, height + 1):
            count += step(cells[i - 1], cells[i], cells[i + 1], after[i])
        living[generation] = count
        cells, after = after, cells
    return cells[1:-1, 1:-1].copy(), living


@njit
def join_edges(cells):
    """Fill the frame with what lies at the opposite side; the columns first, so that the rows carry the corners along."""
    for i in range(1, cells.shape[0] - 1):
        cells[i, 0] = cells[i, -2]
        cells[i, -1] = cells[i, 1]
    for j in range(cells.shape[1]):
        cells[0, j] = cells[-2, j]
        cells[-1, j] = cells[1, j]


@njit
def step(above, row, below, after):
    """Write the next generation of a row, and return how many of it live."""
    for j in range(1, len(row) - 1):
        sides = np.uint8(row[j - 1] + row[j + 1])
        around = np.uint8(above[j - 1] + above[j] + above[j + 1] + below[j - 1] + below[j] + below[j + 1] + sides)
        after[j] = np.uint8((around | row[j]) == 3)  # 3, or 2 with the cell's own 1
    count = 0
    for j in range(1, len(row) - 1):
        count += after[j]
    return count
