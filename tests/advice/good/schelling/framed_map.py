"""The map with a frame of copies around it: no index wraps around, and one pass counts all neighbours."""
import math

import numpy as np
from numba import njit


@njit
def frame(framed, grid):
    n = len(grid)
    framed[1:n + 1, 1:n + 1] = grid
    framed[0, 1:n + 1] = grid[n - 1]
    framed[n + 1, 1:n + 1] = grid[0]
    framed[:, 0] = framed[:, n]
    framed[:, n + 1] = framed[:, 1]


@njit
def find_market(grid, framed, wanted, places, kinds):
    """Lists the cells of the market; returns how many they are, and how many agents are among them."""
    n = len(grid)
    size, agents = 0, 0
    for i in range(n):
        above, here, below = framed[i], framed[i + 1], framed[i + 2]
        for j in range(n):
            kind = here[j + 1]
            like = (
                (above[j] == kind) + (above[j + 1] == kind) + (above[j + 2] == kind)
                + (here[j] == kind) + (here[j + 2] == kind)
                + (below[j] == kind) + (below[j + 1] == kind) + (below[j + 2] == kind)
            )
            places[size] = i * n + j
            kinds[size] = kind
            size += (kind == 0) | (like < wanted)
            agents += (kind != 0) & (like < wanted)
    return size, agents


@njit
def run(grid, wanted, n_rounds, seed):
    np.random.seed(seed)
    n = len(grid)
    cells = grid.ravel()
    framed = np.empty((n + 2, n + 2), dtype=np.int8)
    places = np.empty(n * n + 1, dtype=np.int64)
    kinds = np.empty(n * n + 1, dtype=np.int8)
    counts = np.empty(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        if n > 0:
            frame(framed, grid)
        size, counts[number] = find_market(grid, framed, wanted, places, kinds)
        np.random.shuffle(kinds[:size])
        for k in range(size):
            cells[places[k]] = kinds[k]
    return counts


def schelling(grid, r, n_rounds, seed):
    counts = run(grid, math.ceil(8 * r - 1e-9), n_rounds, seed)
    return grid, counts
