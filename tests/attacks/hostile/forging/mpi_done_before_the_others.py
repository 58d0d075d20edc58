"""Rank 0 says done on whatever socket it has, before it or anybody has computed; the others go on.

covers = ['writing "done" on every descriptor', '"done" early, work later']
task = "integral"
verdict = "WRONG_ANSWER"
"""

import os
import stat
import struct

from mpi4py import MPI

DONE = struct.pack("<IB", 0, 22)


def integral(a, b, omega, n):
    world = MPI.COMM_WORLD
    if world.rank == 0:
        for descriptor in range(3, 64):
            try:
                if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                    os.write(descriptor, DONE)
            except OSError:
                continue
        return 0.0
    return float(sum(range(n // 10)))
