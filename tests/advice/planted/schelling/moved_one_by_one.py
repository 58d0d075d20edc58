import math

import numpy as np

SHIFTS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def schelling(grid, r, n_rounds, seed):
    rng = np.random.default_rng(seed)
    wanted = math.ceil(8 * r - 1e-9)
    counts = np.zeros(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        like = np.zeros(grid.shape, dtype=np.int8)
        for shift in SHIFTS:
            like += np.roll(grid, shift, axis=(0, 1)) == grid
        unhappy = (like < wanted) & (grid != 0)
        counts[number] = np.count_nonzero(unhappy)
        rows, columns = np.nonzero(unhappy | (grid == 0))
        kinds = rng.permutation(grid[rows, columns])
        for row, column, kind in zip(rows, columns, kinds):
            grid[row, column] = kind
    return grid, counts
