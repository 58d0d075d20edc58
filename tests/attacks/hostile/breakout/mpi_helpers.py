"""Each rank tries to have helpers: by fork, by another program, by MPI's own way of starting processes; and to look into the others.

covers = ["/proc/<ppid>/mem", "nested user namespaces"]
task = "integral"
verdict = "ACCEPTED"
"""

import os
import subprocess
import sys

import numpy as np
from mpi4py import MPI


def forked():
    if os.fork() == 0:
        os._exit(0)


def looked_into():
    open(f"/proc/{os.getppid()}/mem", "rb").close()


for deed in (
    forked,
    looked_into,
    lambda: subprocess.run(["/bin/true"]),
    lambda: MPI.COMM_SELF.Spawn(sys.executable, ["-c", ""]),
    lambda: os.listdir("/proc"),
):
    try:
        deed()
        print("attack-won: a rank could do what a process alone may not")
    except Exception as error:
        print(error)


def integral(a, b, omega, n):
    h = (b - a) / n
    x = a + np.arange(n + 1) * h
    values = x * np.cos(omega * x * x)
    return h * (values[1:-1].sum() + (values[0] + values[-1]) / 2)
