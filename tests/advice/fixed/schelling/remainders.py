import math

import numpy as np
from numba import njit


@njit
def around(n):
    """The index before 0, 0 … n - 1, and the one behind it."""
    index = np.arange(-1, n + 1)
    index[0], index[n + 1] = n - 1, 0
    return index


@njit
def like_neighbours(grid, i, j, index):
    count = 0
    for di in range(-1, 2):
        for dj in range(-1, 2):
            if (di != 0 or dj != 0) and grid[index[i + di + 1], index[j + dj + 1]] == grid[i, j]:
                count += 1
    return count


@njit
def run(grid, wanted, n_rounds, seed):
    np.random.seed(seed)
    n = len(grid)
    index = around(n)
    cells = grid.ravel()
    places = np.empty(n * n, dtype=np.int64)
    kinds = np.empty(n * n, dtype=np.int8)
    counts = np.zeros(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        size = 0
        for i in range(n):
            for j in range(n):
                if grid[i, j] == 0 or like_neighbours(grid, i, j, index) < wanted:
                    places[size] = i * n + j
                    kinds[size] = grid[i, j]
                    size += 1
                    counts[number] += grid[i, j] != 0
        np.random.shuffle(kinds[:size])
        for k in range(size):
            cells[places[k]] = kinds[k]
    return grid, counts


def schelling(grid, r, n_rounds, seed):
    return run(grid, math.ceil(8 * r - 1e-9), n_rounds, seed)
