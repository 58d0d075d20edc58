"""Plays on the map that it was given and returns that very array.

task = "schelling"
verdict = "ACCEPTED"
"""

import numpy as np


def schelling(grid, r, n_rounds, seed):
    generator = np.random.Generator(np.random.SFC64(seed))
    wanted = int(np.ceil(8 * r - 1e-9))
    counts = []
    for _ in range(n_rounds):
        like = sum(
            (np.roll(grid, (down, right), (0, 1)) == grid).astype(np.int8)
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
            if down or right
        )
        market = np.flatnonzero((like < wanted) | (grid == 0))
        kinds = grid.ravel()[market]
        counts.append(np.count_nonzero(kinds))
        np.put(grid, market, generator.permutation(kinds))
    return grid, counts
