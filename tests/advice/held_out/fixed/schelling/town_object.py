"""Schelling's model; the counting of neighbours is compiled."""
import math

import numpy as np
from numba import jit


@jit(nopython=True)
def find_unhappy(cells, around, wanted):
    n = len(cells)
    unhappy = np.zeros((n, n), dtype=np.bool_)
    for i in range(n):
        for j in range(n):
            kind = cells[i, j]
            if kind == 0:
                continue
            same = -1
            for di in range(3):
                for dj in range(3):
                    if cells[around[i + di], around[j + dj]] == kind:
                        same += 1
            unhappy[i, j] = same < wanted
    return unhappy


def schelling(grid, r, n_rounds, seed):
    rng = np.random.default_rng(seed)
    wanted = math.ceil(8 * r - 1e-9)
    around = np.arange(-1, len(grid) + 1) % max(len(grid), 1)
    counts = np.zeros(n_rounds, dtype=np.int64)
    for k in range(n_rounds):
        unhappy = find_unhappy(grid, around, wanted)
        counts[k] = unhappy.sum()
        market = unhappy | (grid == 0)
        grid[market] = rng.permutation(grid[market])
    return grid, counts
