import math

import numpy as np


def schelling(grid, r, n_rounds, seed):
    need = math.ceil(8 * r - 1e-9)
    rng = np.random.default_rng(seed)
    D = np.zeros(n_rounds, dtype=np.int64)
    for t in range(n_rounds):
        like = np.zeros(grid.shape, dtype=np.int8)
        for i in (-1, 0, 1):
            for j in (-1, 0, 1):
                if i or j:
                    like += np.roll(grid, (i, j), axis=(0, 1)) == grid
        market = (like < need) | (grid == 0)
        D[t] = np.count_nonzero(grid[market])
        grid[market] = rng.permutation(grid[market])
    return grid, D
