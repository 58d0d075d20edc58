"""NumPy, with a frame around the map: neighbours are slices, and nothing is rolled."""
import math

import numpy as np

NEIGHBOURS = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (2, 2)]


def schelling(grid, r, n_rounds, seed):
    n = len(grid)
    wanted = math.ceil(8 * r - 1e-9)
    rng = np.random.default_rng(seed)
    counts = np.zeros(n_rounds, dtype=np.int64)
    if n == 0:
        return grid, counts
    framed = np.empty((n + 2, n + 2), dtype=np.int8)
    like = np.empty((n, n), dtype=np.int8)
    for number in range(n_rounds):
        framed[1:-1, 1:-1] = grid
        framed[0], framed[-1] = framed[-2], framed[1]
        framed[:, 0], framed[:, -1] = framed[:, -2], framed[:, 1]
        like[:] = 0
        for i, j in NEIGHBOURS:
            like += framed[i:i + n, j:j + n] == grid
        market = (like < wanted) | (grid == 0)
        kinds = grid[market]
        counts[number] = np.count_nonzero(kinds)
        rng.shuffle(kinds)
        grid[market] = kinds
    return grid, counts
