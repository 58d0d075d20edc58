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
    town = grid.astype(object)  # so that cells can hold more than a number one day
    counts = []
    for _ in range(n_rounds):
        like = like_neighbours(town)
        unhappy = (like < wanted) & (town != 0)
        counts.append(np.count_nonzero(unhappy))
        market = unhappy | (town == 0)
        people = town[market]
        rng.shuffle(people)
        town[market] = people
    return town.astype(np.int8), np.array(counts, dtype=np.int64)
