import math

import numpy as np

SHIFTS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def schelling(grid, r, n_rounds, seed):
    rng = np.random.default_rng(seed)
    wanted = math.ceil(8 * r - 1e-9)
    counts = np.zeros(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        # around[i, j] are the eight neighbours of cell (i, j)
        around = np.stack([np.roll(grid, shift, axis=(0, 1)) for shift in SHIFTS], axis=-1)
        like = (around == grid[:, :, np.newaxis]).sum(axis=-1)
        unhappy = (like < wanted) & (grid != 0)
        counts[number] = np.count_nonzero(unhappy)
        market = unhappy | (grid == 0)
        people = grid[market]
        rng.shuffle(people)
        grid[market] = people
    return grid, counts
