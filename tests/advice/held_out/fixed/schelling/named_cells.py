"""Schelling's model: the town is a list of rows."""
import numpy as np

AROUND = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def schelling(grid, r, n_rounds, seed):
    grid = grid.copy()
    rng = np.random.default_rng(seed)
    wanted = np.ceil(8 * r - 1e-9)
    dissatisfied = np.empty(n_rounds, dtype=np.int64)
    for n in range(n_rounds):
        leaving = (grid != 0) & (like_neighbours(grid) < wanted)
        dissatisfied[n] = np.count_nonzero(leaving)
        market = leaving | (grid == 0)
        grid[market] = rng.permutation(grid[market])
    return grid, dissatisfied


def like_neighbours(grid):
    rows, columns = grid.shape
    cells = grid.tolist()
    like = np.zeros(grid.shape, dtype=np.int8)
    for i in range(rows):
        for j in range(columns):
            kind, count = cells[i][j], 0
            for down, right in AROUND:
                count += cells[(i + down) % rows][(j + right) % columns] == kind
            like[i, j] = count
    return like
