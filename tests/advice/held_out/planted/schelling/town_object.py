"""Schelling's model; the counting of neighbours is compiled."""
import math

import numpy as np
from numba import jit


class Town:
    def __init__(self, grid, wanted):
        n = len(grid)
        self.cells = grid
        self.wanted = wanted
        self.around = np.arange(-1, n + 1) % max(n, 1)


@jit(forceobj=True)
def find_unhappy(town):
    n = len(town.cells)
    unhappy = np.zeros((n, n), dtype=np.bool_)
    for i in range(n):
        for j in range(n):
            kind = town.cells[i, j]
            if kind == 0:
                continue
            same = -1
            for di in range(3):
                for dj in range(3):
                    if town.cells[town.around[i + di], town.around[j + dj]] == kind:
                        same += 1
            unhappy[i, j] = same < town.wanted
    return unhappy


def schelling(grid, r, n_rounds, seed):
    rng = np.random.default_rng(seed)
    town = Town(grid, math.ceil(8 * r - 1e-9))
    counts = np.zeros(n_rounds, dtype=np.int64)
    for k in range(n_rounds):
        unhappy = find_unhappy(town)
        counts[k] = unhappy.sum()
        market = unhappy | (grid == 0)
        grid[market] = rng.permutation(grid[market])
    return grid, counts
