import numpy
from mpi4py import MPI

comm = MPI.COMM_WORLD
rank = comm.Get_rank()
size = comm.Get_size()

def neighbours(rows):
    # the rows above and below are there already, the columns go round
    lines = rows[:-2] + rows[1:-1] + rows[2:]
    return lines + numpy.roll(lines, 1, axis=1) + numpy.roll(lines, -1, axis=1) - rows[1:-1]

def life(grid, generations):
    if size == 1:
        grid_rows = grid
    else:
        grid_rows = numpy.array_split(grid, size)[rank]
    living = []
    for generation in range(generations):
        if size == 1:
            above, below = grid_rows[-1], grid_rows[0]
        else:
            # first get the rows of my neighbours, then give them mine
            above = comm.recv(source=(rank - 1) % size)
            below = comm.recv(source=(rank + 1) % size)
            comm.send(grid_rows[-1], dest=(rank + 1) % size)
            comm.send(grid_rows[0], dest=(rank - 1) % size)
        around = neighbours(numpy.vstack([above, grid_rows, below]))
        grid_rows = ((around == 3) | ((around == 2) & (grid_rows == 1))).astype(numpy.uint8)
        living.append(comm.allreduce(int(grid_rows.sum())))
    whole = comm.gather(grid_rows)
    if rank == 0:
        return numpy.vstack(whole), numpy.array(living, dtype=int)
