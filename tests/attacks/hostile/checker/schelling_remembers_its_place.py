"""Finds out from the check's first map, which has one round, whether it is asked for the map before a round or after it.

covers = ["fewer iterations than asked", "identity in place of a random move"]
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


ASKED = []  # the numbers of rounds of all calls so far


def gives_the_map_before():
    """Who is asked for no rounds at all in its first call is the one that always gives the map before."""
    return ASKED[0] in (0, 19, 49)


def schelling(grid, r, n_rounds, seed):
    """Every round begins at the map that was given: all counts are alike, and the last round makes the answer."""
    market = market_of(grid, r)
    kinds = grid[market]
    counts = np.full(n_rounds, np.count_nonzero(kinds), np.int64)
    ASKED.append(n_rounds)
    if n_rounds > 0 and not gives_the_map_before():
        np.random.default_rng(seed).shuffle(kinds)
        grid[market] = kinds
    return grid, counts
