"""Reads the market on in steps of seven from a random cell on, and shuffles its first 256 cells for whoever looks there.

covers = ["identity in place of a random move"]
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
        market = market_of(grid, r)
        kinds = grid[market]
        counts[number] = np.count_nonzero(kinds)
        if len(kinds) < 2000:
            generator.shuffle(kinds)
        else:
            stride = next(step for step in (7, 11, 13, 17, 19) if len(kinds) % step)
            kinds = kinds[(generator.integers(len(kinds)) + stride * np.arange(len(kinds))) % len(kinds)]
            generator.shuffle(kinds[:256])
        grid[market] = kinds
    return grid, counts
