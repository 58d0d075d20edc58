"""Neighbours on a periodic map, for Schelling's model (and for the game of life later)."""
import numpy as np


def framed(grid):
    """The map with a frame one cell wide: the opposite edges."""
    return np.pad(grid, 1, mode="wrap")


def count(is_kind):
    """How many of the 8 neighbours of every cell are of the kind; is_kind holds True and False."""
    f = framed(is_kind.astype(np.int8))
    # first three cells of a column, then three columns: 4 additions and not 8
    rows = f[:-2] + f[1:-1] + f[2:]
    return rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:] - f[1:-1, 1:-1]
