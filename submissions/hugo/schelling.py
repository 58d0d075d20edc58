import numpy as np
from math import ceil

rng = np.random.default_rng()


def similar(grid):
    total = np.zeros(grid.shape, dtype=int)
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            if i == 0 and j == 0:
                continue
            total += (grid == np.roll(np.roll(grid, i, axis=0), j, axis=1))
    return total


def schelling(grid, r, n_rounds, seed):
    dissatisfied = np.zeros(n_rounds, dtype=int)
    for k in range(n_rounds):
        bad = (similar(grid) < ceil(8 * r - 1e-9)) & (grid != 0)
        dissatisfied[k] = np.count_nonzero(bad)
        free = bad | (grid == 0)
        movers = grid[free]
        rng.shuffle(movers)
        grid[free] = movers
    return grid, dissatisfied
