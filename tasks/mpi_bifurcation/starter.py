"""Bifurcation map, with the columns shared out among MPI processes.

Try the example with `mpiexec -n 3 python mpi_bifurcation.py`; `grader check mpi_bifurcation.py` tries many more, with other
numbers of processes, and says how fast it is.
"""

import numpy as np
from numpy.typing import NDArray

# The processes and their number: `from mpi4py import MPI` here, then `comm = MPI.COMM_WORLD`, `comm.rank` and `comm.size`.
# Every process calls the function with the same arguments; what rank 0 returns is the answer.


def mpi_bifurcation(
    r: NDArray[np.float64], x0: NDArray[np.float64], n_transient: int, n_keep: int
) -> NDArray[np.float64] | None:
    """Iterate x ← r x (1 − x) from x0 for each r, drop the first n_transient values and keep the next n_keep.

    Args:
        r: the parameters of the map, one a column, from 0 to 4; shape (k,).
        x0: where the orbit of each r starts, between 0 and 1; shape (k,).
        n_transient: how many updates are made before a value is kept, ≥ 0.
        n_keep: how many values are kept, ≥ 0.

    Returns:
        kept of shape (n_keep, k), with kept[row, column] the state of r[column] after n_transient + row + 1 updates, on rank 0;
        what other ranks return does not matter.
    """
    raise NotImplementedError("write mpi_bifurcation() here")


if __name__ == "__main__":
    answer = mpi_bifurcation(np.array([1.0, 2.0, 3.2]), np.array([0.5, 0.25, 0.5]), 1, 2)
    if answer is not None:  # rank 0 has it
        right = [[0.1875, 0.46875, 0.512], [0.15234375, 0.498046875, 0.7995392]]
        np.testing.assert_allclose(answer, right, rtol=0, atol=1e-12)
