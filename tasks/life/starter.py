"""Conway's game of life, with the rows of the grid shared out among MPI processes.

Try the example with `mpiexec -n 3 python life.py`; `grader check life.py` tries many more, with other numbers of processes, and
says how fast it is.
"""

import numpy as np
from numpy.typing import NDArray

# The processes and their number: `from mpi4py import MPI` here, then `comm = MPI.COMM_WORLD`, `comm.rank` and `comm.size`.
# Every process calls the function with the same arguments; what rank 0 returns is the answer.


def life(grid: NDArray[np.uint8], generations: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]] | None:
    """Let Conway's game of life run for so many generations on a grid whose edges are joined.

    Args:
        grid: 1 where a cell lives, else 0; shape (h, w).
        generations: how many, 0 or more.

    Returns:
        the grid after the last generation, and how many cells live after each of them, on rank 0; what other ranks return does
        not matter.
    """
    raise NotImplementedError("write life() here")


if __name__ == "__main__":
    blinker = np.array([[0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]], dtype=np.uint8)
    answer = life(blinker, 1)
    if answer is not None:  # rank 0 has it
        np.testing.assert_array_equal(answer[0], blinker.T)
        np.testing.assert_array_equal(answer[1], [3])
