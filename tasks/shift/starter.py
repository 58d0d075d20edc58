"""Shifted pictures, with the work shared out among MPI processes.

Try the example with `mpiexec -n 3 python shift.py`; `grader check shift.py` tries many more, with other numbers of processes,
and says how fast it is.
"""

import numpy as np
from numpy.typing import NDArray

# The processes and their number: `from mpi4py import MPI` here, then `comm = MPI.COMM_WORLD`, `comm.rank` and `comm.size`.
# Every process calls the function with the same arguments; what rank 0 returns is the answer.


def shift(picture: NDArray[np.uint8], amounts: NDArray[np.int64], axis: int) -> NDArray[np.int32] | None:
    """Shift the picture cyclically by each of k amounts, and add the shifted pictures.

    Args:
        picture: brightness of the pixels; shape (h, w).
        amounts: by how many rows or columns, of either sign and any size; shape (k,).
        axis: 0 shifts rows down, 1 shifts columns to the right.

    Returns:
        the sum of the k shifted pictures, shape (h, w), on rank 0; what other ranks return does not matter.
    """
    raise NotImplementedError("write shift() here")


if __name__ == "__main__":
    answer = shift(np.array([[1, 2, 3], [10, 20, 30]], dtype=np.uint8), np.array([1, -1]), 1)
    if answer is not None:  # rank 0 has it
        np.testing.assert_array_equal(answer, [[5, 4, 3], [50, 40, 30]])
