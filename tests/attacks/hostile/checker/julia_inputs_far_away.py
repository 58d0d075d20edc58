"""Moves all its starts out of the circle of radius 2, where the count of every pixel is 0.

covers = ["mutating the inputs so that a trivial answer is right"]
task = "julia"
verdict = "WRONG_ANSWER"
"""

import ctypes

import numpy as np


def julia(x, y, c, max_iter):
    for part in (x, y):
        part.flags.writeable = True
        part[...] = 1e3
        ctypes.memset(part.ctypes.data, 0x7F, part.nbytes)  # also where the flag is only a façade
    return np.zeros((len(y), len(x)), np.int32)
