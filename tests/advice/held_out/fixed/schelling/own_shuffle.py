import math

import numpy as np


def like_neighbours(town):
    like = np.zeros(town.shape, dtype=np.int8)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            if (down, right) != (0, 0):
                like += np.roll(town, (down, right), axis=(0, 1)) == town
    return like


def schelling(grid, r, n_rounds, seed):
    rng = np.random.default_rng(seed)
    wanted = math.ceil(8 * r - 1e-9)
    counts = np.zeros(n_rounds, dtype=np.int64)
    for k in range(n_rounds):
        unhappy = (like_neighbours(grid) < wanted) & (grid != 0)
        counts[k] = np.count_nonzero(unhappy)
        market = unhappy | (grid == 0)
        people = grid[market]
        rng.shuffle(people)
        grid[market] = people
    return grid, counts
