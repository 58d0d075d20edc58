import math

import numpy as np
from numba import njit


@njit
def dissatisfied(cells, k, n, wanted):
    count = -1  # the cell itself is among the nine
    for di in (-1, 0, 1):
        for dj in (-1, 0, 1):
            count += cells[(k // n + di) % n * n + (k % n + dj) % n] == cells[k]
    return count < wanted


@njit
def evolve(cells, n, wanted, n_rounds, seed):
    np.random.seed(seed)
    market = np.empty(n * n, dtype=np.int64)
    counts = np.zeros(n_rounds, dtype=np.int64)
    for t in range(n_rounds):
        size = 0
        for k in range(n * n):
            if cells[k] == 0:
                market[size] = k
                size += 1
            elif dissatisfied(cells, k, n, wanted):
                market[size] = k
                size += 1
                counts[t] += 1
        kinds = cells[market[:size]]
        np.random.shuffle(kinds)
        cells[market[:size]] = kinds
    return counts


def schelling(grid, r, n_rounds, seed):
    counts = evolve(grid.ravel(), len(grid), math.ceil(8 * r - 1e-9), n_rounds, seed)
    return grid, counts
