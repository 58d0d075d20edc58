"""Conway's game of life in plain Python: every cell looks at its eight neighbours, the same in every process.

Slow because each of the eight look-ups computes two remainders and goes through two lists. More processes do not help: each of
them does all of it.
"""

import numpy as np

NEIGHBOURS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def life(grid: "uint8[h,w]", generations: int) -> "(uint8[h,w], int64[generations])":
    """Let Conway's game of life run for so many generations on a grid whose edges are joined.

    A cell that lives goes on living with two or three living neighbours of its eight; a dead one comes to life with three. All
    cells change at once. The first row is next to the last, and the first column next to the last.

    Args:
        grid: 1 where a cell lives, else 0.
        generations: how many, ≥ 0.

    Returns:
        the grid after the last generation, and how many cells live after each of them, on rank 0.
    """
    cells = grid.tolist()
    height, width = grid.shape
    living = []
    for _ in range(generations):
        after = []
        for i in range(height):
            row = []
            for j in range(width):
                around = sum(cells[(i + down) % height][(j + right) % width] for down, right in NEIGHBOURS)
                row.append(1 if around == 3 or (around == 2 and cells[i][j]) else 0)
            after.append(row)
        cells = after
        living.append(sum(map(sum, cells)))
    return np.array(cells, dtype=np.uint8).reshape(grid.shape), np.array(living, dtype=np.int64)
