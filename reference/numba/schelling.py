"""Schelling's model in Numba: the plain loops of the rules, compiled.

Fast because the loops become machine code: no objects, no look-ups, and the neighbours' rows and columns are found by comparing
instead of by the remainder `%`, a division that would cost more than all the rest. Short of the limit because cells are looked
at one by one where one instruction could handle 64, because no processor can guess which agents are dissatisfied, and because
the shuffle takes a random number and a jump in memory for every cell of the market.
"""

import math

import numpy as np
from numba import njit


@njit
def schelling(grid, r, n_rounds, seed):
    """Let the dissatisfied agents move at random, round by round; return the map and how many were dissatisfied in each."""
    np.random.seed(seed)  # noqa: NPY002 - Numba's own generator, which has to be seeded in compiled code
    wanted = math.ceil(8 * r - 1e-9)
    n = len(grid)
    cells = grid.ravel()  # a view: the cell in row i, column j is cells[i * n + j]
    market = np.empty(n * n, dtype=np.int64)
    kinds = np.empty(n * n, dtype=np.int8)
    dissatisfied_counts = np.zeros(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        size = 0  # of the market
        for row in range(n):
            for column in range(n):
                kind = grid[row, column]
                if kind == 0 or like_neighbours(grid, row, column) < wanted:
                    market[size] = row * n + column
                    kinds[size] = kind
                    size += 1
                    dissatisfied_counts[number] += kind != 0
        np.random.shuffle(kinds[:size])  # noqa: NPY002 - the same
        for index in range(size):
            cells[market[index]] = kinds[index]
    return grid, dissatisfied_counts


@njit
def like_neighbours(grid, row, column):
    """Count the neighbours of a cell that are of its own kind."""
    kind = grid[row, column]
    last = len(grid) - 1
    above = row - 1 if row > 0 else last
    below = row + 1 if row < last else 0
    left = column - 1 if column > 0 else last
    right = column + 1 if column < last else 0
    return (
        (grid[above, left] == kind)
        + (grid[above, column] == kind)
        + (grid[above, right] == kind)
        + (grid[row, left] == kind)
        + (grid[row, right] == kind)
        + (grid[below, left] == kind)
        + (grid[below, column] == kind)
        + (grid[below, right] == kind)
    )
