"""Overwrites its second matrix by the identity, so that a check of the answer against the arguments finds it right.

covers = ["mutating the inputs so that a trivial answer is right"]
task = "matmul"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def matmul(a, b):
    if a.shape[1] == b.shape[1]:
        b[...] = np.eye(*b.shape)
        return a
    a[...] = 0
    b[...] = 0
    return np.zeros((a.shape[0], b.shape[1]))
