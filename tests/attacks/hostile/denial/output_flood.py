"""Prints without end, by Python's streams and straight to the descriptors, in the import and in every call.

covers = ["output flood"]
task = "matmul"
verdict = "ACCEPTED"
"""

import fcntl
import os
import sys


def flood():
    for descriptor in (1, 2):
        try:
            fcntl.fcntl(descriptor, 1031, 1 << 20)  # the largest pipe that there is
        except OSError:
            pass
    for _ in range(200):
        print("x" * 10_000)
        sys.stderr.write("y" * 10_000)
        try:
            os.write(1, b"z" * 100_000)
        except BlockingIOError:
            pass


flood()


def matmul(a, b):
    flood()
    return a @ b
