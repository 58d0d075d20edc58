import math
import random

import numpy as np


def is_unhappy(grid, i, j, need):
    n = len(grid)
    same = 0
    for di in [-1, 0, 1]:
        for dj in [-1, 0, 1]:
            if (di, dj) != (0, 0) and grid[(i + di) % n][(j + dj) % n] == grid[i][j]:
                same += 1
    return same < need


def schelling(grid, r, n_rounds, seed):
    random.seed(seed)
    need = math.ceil(8 * r - 1e-9)
    n = len(grid)
    cells = grid.tolist()
    counts = []

    for _ in range(n_rounds):
        unhappy = []
        empty = []
        for i in range(n):
            for j in range(n):
                if cells[i][j] == 0:
                    empty.append((i, j))
                elif is_unhappy(cells, i, j, need):
                    unhappy.append((i, j))
        counts.append(len(unhappy))

        # every unhappy agent moves to a random free cell, and its old cell becomes free
        random.shuffle(unhappy)
        for i, j in unhappy:
            if len(empty) == 0:
                break
            k = random.randrange(len(empty))
            new_i, new_j = empty[k]
            cells[new_i][new_j] = cells[i][j]
            cells[i][j] = 0
            empty[k] = (i, j)

    return np.array(cells, dtype=np.int8).reshape(n, n), np.array(counts, dtype=np.int64)
