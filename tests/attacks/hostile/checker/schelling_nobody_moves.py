"""Counts who is dissatisfied and lets nobody move: the identity is a permutation, too.

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
    count = np.count_nonzero(grid[market_of(grid, r)])
    return grid, np.full(n_rounds, count, np.int64)
