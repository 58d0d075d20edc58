from math import cos

from mpi4py import MPI


def f(x, omega):
    return x * cos(omega * x ** 2)


def integral(a, b, omega, n):
    comm = MPI.COMM_WORLD
    rank = comm.Get_rank()
    size = comm.Get_size()
    h = (b - a) / n

    # trapezoid number rank, rank + size, rank + 2 * size, ... is mine
    part = 0.0
    for j in range(rank, n, size):
        part += (f(a + j * h, omega) + f(a + (j + 1) * h, omega)) / 2 * h

    return comm.reduce(part, op=MPI.SUM, root=0)


if __name__ == "__main__":
    value = integral(0, 2, 4.0, 1000)
    if value is not None:
        print(value)
