"""An integral by the trapezoidal rule, shared out among MPI processes.

Try the example with `mpiexec -n 3 python integral.py`; `grader check integral.py` tries many more, with other numbers of
processes, and says how fast it is.
"""

import numpy as np

# The processes and their number: `from mpi4py import MPI` here, then `comm = MPI.COMM_WORLD`, `comm.rank` and `comm.size`.
# Every process calls the function with the same arguments; what rank 0 returns is the answer.


def integral(a: float, b: float, omega: float, n: int) -> float | None:
    """Integrate f(x) = x cos(omega x²) from a to b by the trapezoidal rule with n intervals.

    Args:
        a: where the first interval starts.
        b: where the last one ends; it may be less than a.
        omega: how fast the cosine turns.
        n: the number of intervals of length (b - a) / n, 1 or more.

    Returns:
        the sum on rank 0; what other ranks return does not matter.
    """
    raise NotImplementedError("write integral() here")


if __name__ == "__main__":
    answer = integral(0.0, 2.0, 0.0, 4)
    if answer is not None:  # rank 0 has it
        np.testing.assert_allclose(answer, 2.0)
