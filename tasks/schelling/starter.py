"""Schelling's model: dissatisfied agents move at random, round by round.

Run this file to try the example; `grader check schelling.py` tries many more, and says how fast it is.
"""

import numpy as np
from numpy.typing import NDArray

# To compile your loops with Numba, put `from numba import njit` here and `@njit` on the line above `def schelling`.
# Inside, use only NumPy arrays, numbers and loops. Compiled code has a random generator of its own: seed it there, with
# `np.random.seed(seed)` as the first line of the compiled function. Seeding it outside does nothing inside.


def schelling(grid: NDArray[np.int8], r: float, n_rounds: int, seed: int) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Let the dissatisfied agents of a periodic map move at random, round by round.

    An agent is dissatisfied when fewer than ceil(8r − 1e-9) of its eight neighbours are of its own kind. In each round, all
    dissatisfied agents are placed uniformly at random on the cells of all of them and the empty cells. Nobody else moves.

    Args:
        grid: the map, of shape (n, n): 0 for an empty cell, 1 and 2 for an agent of that kind.
        r: the share of like neighbours that an agent wants, from 0 to 1.
        n_rounds: the number of rounds, ≥ 0.
        seed: decides the moves: the same arguments give the same result, whatever was called before.

    Returns:
        The map after the last round, and for each round how many agents were dissatisfied at its start.
    """
    raise NotImplementedError("write schelling() here")


if __name__ == "__main__":
    town = np.array([[1, 1, 2, 2], [1, 1, 2, 2], [1, 2, 0, 2], [1, 1, 2, 2]], dtype=np.int8)
    final, dissatisfied = schelling(town.copy(), 0.5, 1, seed=1)
    np.testing.assert_array_equal(dissatisfied, [1])
    np.testing.assert_array_equal((final != town).any(axis=1), [False, False, final[2, 1] == 0, False])
