"""Schelling's model: the like neighbours are counted on the whole map at once."""
import numpy as np


def schelling(grid, r, n_rounds, seed):
    grid = grid.copy()
    rng = np.random.default_rng(seed)
    wanted = np.ceil(8 * r - 1e-9)
    dissatisfied = np.empty(n_rounds, dtype=np.int64)
    for n in range(n_rounds):
        framed = np.pad(grid, 1, mode="wrap" if grid.size else "constant")
        like = like_neighbours(framed)
        leaving = (grid != 0) & (like < wanted)
        dissatisfied[n] = np.count_nonzero(leaving)
        market = leaving | (grid == 0)
        grid[market] = rng.permutation(grid[market])
    return grid, dissatisfied


def like_neighbours(framed):
    rows, columns = framed.shape[0] - 2, framed.shape[1] - 2
    own = framed[1:-1, 1:-1]
    like = np.zeros((rows, columns), dtype=np.int8)
    for down in range(3):
        for right in range(3):
            if (down, right) != (1, 1):
                like += framed[down:down + rows, right:right + columns] == own
    return like
