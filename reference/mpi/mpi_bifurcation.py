"""The bifurcation map with MPI: each process follows the orbits of its own r, and rank 0 puts the columns side by side.

Fast because orbits need nothing of each other: P processes take a P-th of the time, and some more to send the columns at the
end. MPI sends what lies together in memory: so a process sends its columns as they are, and rank 0 copies each part into place.
"""

import numpy as np
from mpi4py import MPI


def mpi_bifurcation(r, x0, n_transient, n_keep):
    """Iterate x ← r x (1 − x) from x0 for each r, drop n_transient values and keep n_keep; None on ranks other than 0."""
    comm = MPI.COMM_WORLD
    ends = [len(r) * rank // comm.size for rank in range(comm.size + 1)]
    own = slice(ends[comm.rank], ends[comm.rank + 1])
    part = followed(r[own], x0[own], n_transient, n_keep)
    if comm.rank != 0:
        comm.Send(part, dest=0)
        return None
    kept = np.empty((n_keep, len(r)))
    kept[:, own] = part
    for rank in range(1, comm.size):
        part = np.empty((n_keep, ends[rank + 1] - ends[rank]))
        comm.Recv(part, source=rank)
        kept[:, ends[rank] : ends[rank + 1]] = part
    return kept


def followed(r, x, n_transient, n_keep):
    """The kept values of some orbits, which make each update together."""
    kept = np.empty((n_keep, len(r)))
    for _ in range(n_transient):
        x = r * x * (1 - x)
    for row in range(n_keep):
        x = kept[row] = r * x * (1 - x)
    return kept
