"""Every rank waits for a message from its neighbour, and none sends one.

covers = ["infinite loop ignoring signals"]
task = "integral"
verdict = "TIME_LIMIT"
message = "rank 0 is at integral.py, line 13, in integral"
"""

from mpi4py import MPI


def integral(a, b, omega, n):
    return MPI.COMM_WORLD.recv(source=(MPI.COMM_WORLD.rank + 1) % MPI.COMM_WORLD.size)
