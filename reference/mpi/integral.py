"""The trapezoidal rule with MPI: each process adds the values of its own points, and rank 0 adds the sums.

Fast because the processes need nothing of each other but one number at the end, so that P of them take a P-th of the time. The
points from 1 to n − 1 are shared out, as equally as can be, whatever their number; the two ends are rank 0's.
"""

import numpy as np
from mpi4py import MPI

BLOCK = 1 << 14  # points whose values are computed at a time: 128 KiB


def integral(a, b, omega, n):
    """Integrate f(x) = x cos(omega x²) from a to b by the trapezoidal rule with n intervals; None on ranks other than 0."""
    comm = MPI.COMM_WORLD
    h = (b - a) / n
    first, end = (1 + (n - 1) * rank // comm.size for rank in (comm.rank, comm.rank + 1))
    part = 0.0
    for start in range(first, end, BLOCK):
        x = a + np.arange(start, min(start + BLOCK, end)) * h
        part += x @ np.cos(omega * x * x)
    total = comm.reduce(part, op=MPI.SUM, root=0)
    if comm.rank != 0:
        return None
    ends = np.array([a, b])
    return h * (total + (ends * np.cos(omega * ends * ends)).sum() / 2)
