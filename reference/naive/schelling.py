"""Schelling's model in plain Python: one cell, one neighbour at a time, exactly as the rules read.

Slow because each of the eight looks at a neighbour makes Python objects for two indices, and looks up what `+`, `%` and `[]`
mean for them: that takes some fifty times as long as the arithmetic.
"""

import math
import random

import numpy as np


def schelling(grid: "int8[n,n]", r: float, n_rounds: int, seed: int) -> "int8[n,n], int64[n_rounds]":
    """Let the dissatisfied agents of a periodic map move at random, round by round.

    An agent is dissatisfied when fewer than ceil(8r − 1e-9) of its eight neighbours are of its own kind. In each round, all
    dissatisfied agents are placed uniformly at random on the cells of all of them and the empty cells. Nobody else moves.

    Args:
        grid: the map: 0 for an empty cell, 1 and 2 for an agent of that kind. Its first row is next to its last, and so are its
            columns.
        r: the share of like neighbours that an agent wants, from 0 to 1.
        n_rounds: the number of rounds, ≥ 0.
        seed: decides the moves, 0 ≤ seed < 2³¹: the same arguments give the same result, and the first k rounds are the same
            whatever n_rounds is.

    Returns:
        The map after the last round, and for each round how many agents were dissatisfied at its start.
    """
    cells = grid.tolist()
    wanted = math.ceil(8 * r - 1e-9)
    generator = random.Random(seed)  # noqa: S311 - nothing secret is made of it
    dissatisfied_counts = []
    for _ in range(n_rounds):
        market = [
            (row, column)
            for row in range(len(cells))
            for column in range(len(cells))
            if cells[row][column] == 0 or like_neighbours(cells, row, column) < wanted
        ]
        kinds = [cells[row][column] for row, column in market]
        dissatisfied_counts.append(len(kinds) - kinds.count(0))
        generator.shuffle(kinds)
        for (row, column), kind in zip(market, kinds, strict=True):
            cells[row][column] = kind
    return np.array(cells, dtype=np.int8).reshape(grid.shape), np.array(dissatisfied_counts, dtype=np.int64)


def like_neighbours(cells, row, column):
    """Count the neighbours of a cell that are of its own kind."""
    n = len(cells)
    count = 0
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            if (down, right) != (0, 0) and cells[(row + down) % n][(column + right) % n] == cells[row][column]:
                count += 1
    return count
