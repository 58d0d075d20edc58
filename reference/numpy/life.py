"""Conway's game of life in NumPy: all cells look at one neighbour together, the same in every process.

Fast because additions and comparisons of bytes are loops in C that handle 16 to 64 cells with one instruction. The edges are
joined by a frame around the grid that holds a copy of the opposite side; so the neighbours are slices, which copy nothing.
"""

import numpy as np


def life(grid, generations):
    """Let Conway's game of life run for so many generations on a grid whose edges are joined."""
    living = np.zeros(generations, dtype=np.int64)
    for generation in range(generations):
        grid = step(np.pad(grid, 1, mode="wrap") if grid.size else np.zeros(np.add(grid.shape, 2), grid.dtype))
        living[generation] = np.count_nonzero(grid)
    return grid, living


def step(framed):
    """The next generation of what is inside a frame."""
    threes = framed[:-2] + framed[1:-1]
    threes += framed[2:]  # of three cells, one above the other
    nines = threes[:, :-2] + threes[:, 1:-1]
    nines += threes[:, 2:]  # the cell itself included
    # With itself it counts three where it is born or has two neighbours, and four where it lives and has three.
    return ((nines == 3) | ((nines == 4) & (framed[1:-1, 1:-1] == 1))).view(np.uint8)
