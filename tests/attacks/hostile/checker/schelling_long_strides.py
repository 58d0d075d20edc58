"""Reads the market on by a long stride from a random cell on, instead of shuffling it: only two numbers are random.

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
        size = len(kinds)
        if size < 200:
            generator.shuffle(kinds)
        else:
            stride = int(generator.integers(65, size - 65))
            while math.gcd(stride, size) > 1:
                stride += 1
            kinds = kinds[(generator.integers(size) + stride * np.arange(size)) % size]
        grid[market] = kinds
    return grid, counts
