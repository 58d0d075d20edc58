import math

import numpy as np

SHIFTS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def unhappy(grid, wanted):
    """Who has fewer like neighbours than wanted."""
    like = np.zeros(grid.shape, dtype=np.int8)
    for shift in SHIFTS:
        like += np.roll(grid, shift, axis=(0, 1)) == grid
    return (like < wanted) & (grid != 0)


def schelling(grid, r, n_rounds, seed):
    rng = np.random.default_rng(seed)
    wanted = math.ceil(8 * r - 1e-9)
    counts = np.zeros(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        leaving = unhappy(grid, wanted)
        if not leaving.any():
            break  # nobody moves any more
        counts[number] = np.count_nonzero(leaving)
        market = leaving | (grid == 0)
        people = grid[market]
        rng.shuffle(people)
        grid[market] = people
    return grid, counts
