import math

import numpy as np

import neighbours


def schelling(grid, r, n_rounds, seed):
    wanted = math.ceil(8 * r - 1e-9)
    rng = np.random.default_rng(seed)
    n = grid.shape[0]
    counts = np.zeros(n_rounds, dtype=np.int64)
    if n == 0:
        return grid, counts

    for t in range(n_rounds):
        ones = grid == 1
        twos = grid == 2
        bad = (ones & (neighbours.count(ones) < wanted)) | (twos & (neighbours.count(twos) < wanted))
        counts[t] = np.count_nonzero(bad)
        market = np.flatnonzero(bad | (grid == 0))
        flat = grid.reshape(-1)
        flat[market] = rng.permutation(flat[market])
    return grid, counts
