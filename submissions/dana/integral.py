import numpy as np
from mpi4py import MPI

comm = MPI.COMM_WORLD


def trapezoids(a, b, omega, n):
    x = np.linspace(a, b, n + 1)
    y = x * np.cos(omega * x * x)
    return (b - a) / n * (y.sum() - (y[0] + y[-1]) / 2)


def integral(a, b, omega, n):
    h = (b - a) / n
    mine = n // comm.size  # intervals for each process
    if mine == 0:
        return 0.0
    start = a + comm.rank * mine * h
    total = np.zeros(1)
    comm.Reduce(np.array([trapezoids(start, start + mine * h, omega, mine)]), total)
    return total[0]
