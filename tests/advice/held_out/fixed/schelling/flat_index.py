import math

import numpy as np
from numba import njit


@njit
def dissatisfied(cells, row, column, n, wanted):
    k = row + column
    count = -1  # the cell itself is among the nine
    above = row - n if row > 0 else n * n - n
    below = row + n if row < n * n - n else 0
    left = column - 1 if column > 0 else n - 1
    right = column + 1 if column < n - 1 else 0
    for i in (above, row, below):
        for j in (left, column, right):
            count += cells[i + j] == cells[k]
    return count < wanted


@njit
def evolve(cells, n, wanted, n_rounds, seed):
    np.random.seed(seed)
    market = np.empty(n * n, dtype=np.int64)
    counts = np.zeros(n_rounds, dtype=np.int64)
    for t in range(n_rounds):
        size = 0
        for i in range(n):
            row = i * n
            for column in range(n):
                if cells[row + column] == 0:
                    market[size] = row + column
                    size += 1
                elif dissatisfied(cells, row, column, n, wanted):
                    market[size] = row + column
                    size += 1
                    counts[t] += 1
        kinds = cells[market[:size]]
        np.random.shuffle(kinds)
        cells[market[:size]] = kinds
    return counts


def schelling(grid, r, n_rounds, seed):
    counts = evolve(grid.ravel(), len(grid), math.ceil(8 * r - 1e-9), n_rounds, seed)
    return grid, counts
