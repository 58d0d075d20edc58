"""Puts the channel where standard output is, and other descriptors where the channel is, and prints frames.

covers = ["`dup2`/closing descriptors"]
task = "matmul"
verdict = ["RUNTIME_ERROR", "WRONG_ANSWER", "TIME_LIMIT"]
"""

import os
import stat
import struct

import numpy as np

DONE = struct.pack("<IB", 0, 22)


def matmul(a, b):
    for descriptor in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                os.dup2(descriptor, 1)
                os.dup2(descriptor, 2)
                os.dup2(os.open("/dev/null", os.O_RDWR), descriptor)
        except OSError:
            pass
    os.write(1, DONE)
    return np.zeros((a.shape[0], b.shape[1]))
