"""Plays the first rounds, and from the tenth on lets the map stand as it is and repeats the last count.

covers = ["identity in place of a random move", "fewer iterations than asked"]
task = "schelling"
verdict = "WRONG_ANSWER"
"""

import math

import numpy as np

SHIFTS = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]


def market_of(grid, r):
    like = np.zeros(grid.shape, dtype=np.int8)
    for shift in SHIFTS:
        like += np.roll(grid, shift, axis=(0, 1)) == grid
    return (like < math.ceil(8 * r - 1e-9)) | (grid == 0)


def schelling(grid, r, n_rounds, seed):
    generator = np.random.default_rng(seed)
    counts = np.empty(n_rounds, np.int64)
    for number in range(n_rounds):
        if number >= 10:
            counts[number:] = np.count_nonzero(grid[market_of(grid, r)])
            break
        market = market_of(grid, r)
        kinds = grid[market]
        counts[number] = np.count_nonzero(kinds)
        generator.shuffle(kinds)
        grid[market] = kinds
    return grid, counts
