"""Conway's game of life with MPI: each process keeps a band of rows, and neighbours exchange the rows at their edges.

Fast because a process needs only two rows of others for a generation, however many it has itself. The bands are as equal as can
be; where there are more processes than rows, only those that have some take part. The columns are joined within a band.
"""

from itertools import pairwise

import numpy as np
from mpi4py import MPI


def life(grid, generations):
    """Let Conway's game of life run for so many generations on a grid whose edges are joined; None on ranks other than 0."""
    comm = MPI.COMM_WORLD
    height, width = grid.shape
    ends = [height * rank // comm.size for rank in range(comm.size + 1)]
    owners = [rank for rank in range(comm.size) if ends[rank] < ends[rank + 1]]
    band = grid[ends[comm.rank] : ends[comm.rank + 1]]
    living = np.zeros(generations, dtype=np.int64)
    if band.size:
        place = owners.index(comm.rank)
        above, below = owners[place - 1], owners[(place + 1) % len(owners)]
        for generation in range(generations):
            band = step(framed(comm, band, above, below))
            living[generation] = np.count_nonzero(band)
    return gathered(comm, band, living, [width * (end - start) for start, end in pairwise(ends)], grid.shape)


def framed(comm, band, above, below):
    """The band with the row of each neighbour that touches it, and with its columns joined.

    `Sendrecv` does both at once: if all sent first and received afterwards, each could wait for another for ever.
    """
    rows = np.empty((len(band) + 2, band.shape[1]), dtype=np.uint8)
    rows[1:-1] = band
    comm.Sendrecv(band[-1], dest=below, recvbuf=rows[0], source=above)
    comm.Sendrecv(band[0], dest=above, recvbuf=rows[-1], source=below)
    return np.pad(rows, [(0, 0), (1, 1)], mode="wrap")


def step(framed):
    """The next generation of what is inside a frame."""
    threes = framed[:-2] + framed[1:-1]
    threes += framed[2:]  # of three cells, one above the other
    nines = threes[:, :-2] + threes[:, 1:-1]
    nines += threes[:, 2:]  # the cell itself included
    # With itself it counts three where it is born or has two neighbours, and four where it lives and has three.
    return ((nines == 3) | ((nines == 4) & (framed[1:-1, 1:-1] == 1))).view(np.uint8)


def gathered(comm, band, living, sizes, shape):
    """The bands below each other, of so many cells each, and the sums of what lives in them, on rank 0; None on the others."""
    grid = np.empty(shape, dtype=np.uint8) if comm.rank == 0 else None
    total = np.empty_like(living) if comm.rank == 0 else None
    comm.Gatherv(band, [grid, sizes, MPI.UINT8_T] if comm.rank == 0 else None, root=0)
    comm.Reduce(living, total, op=MPI.SUM, root=0)
    return (grid, total) if comm.rank == 0 else None
