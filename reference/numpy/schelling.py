"""Schelling's model in NumPy: all cells look at one neighbour together, by rolling the map.

Fast because a comparison of two maps of bytes is a loop in C that handles 16 to 64 cells with one instruction, and because the
whole market is shuffled in one call. Short of the limit because some thirty passes over the map each read and write all of it
(every `np.roll` is a copy), and because the shuffle takes a random number and a jump in memory for every cell of the market.
"""

import math

import numpy as np

NEIGHBOURS = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if (down, right) != (0, 0)]


def schelling(grid, r, n_rounds, seed):
    """Let the dissatisfied agents move at random, round by round; return the map and how many were dissatisfied in each."""
    wanted = math.ceil(8 * r - 1e-9)
    generator = np.random.default_rng(seed)
    dissatisfied_counts = np.empty(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        like = np.zeros(grid.shape, dtype=np.int8)
        for shift in NEIGHBOURS:
            like += np.roll(grid, shift, axis=(0, 1)) == grid
        market = (like < wanted) | (grid == 0)
        kinds = grid[market]
        dissatisfied_counts[number] = np.count_nonzero(kinds)
        generator.shuffle(kinds)
        grid[market] = kinds
    return grid, dissatisfied_counts
