"""Says "done" on the channel before it has begun, and works in the time that it hopes to have then.

covers = ["\"done\" early, work later"]
task = "matmul"
verdict = ["WRONG_ANSWER", "RUNTIME_ERROR"]
"""

import os
import stat
import struct

import numpy as np

DONE = struct.pack("<IB", 0, 22)


def channel():
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return descriptor
        except OSError:
            pass


FD = channel()


def matmul(a, b):
    if FD is not None:
        os.write(FD, DONE)
    return a @ b
