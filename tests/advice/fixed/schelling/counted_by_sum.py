import math

import numpy as np

SHIFTS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def schelling(grid, r, n_rounds, seed):
    rng = np.random.default_rng(seed)
    wanted = math.ceil(8 * r - 1e-9)
    counts = []
    for _ in range(n_rounds):
        like = np.zeros(grid.shape, dtype=np.int8)
        for shift in SHIFTS:
            like += np.roll(grid, shift, axis=(0, 1)) == grid
        unhappy = (like < wanted) & (grid != 0)
        counts.append(unhappy.sum())
        market = unhappy | (grid == 0)
        people = grid[market]
        rng.shuffle(people)
        grid[market] = people
    return grid, np.array(counts, dtype=np.int64)
