"""Closes every descriptor, the grader's channel among them, and returns as if nothing were wrong.

covers = ["`dup2`/closing descriptors"]
task = "matmul"
verdict = "RUNTIME_ERROR"
"""

import os

import numpy as np


def matmul(a, b):
    os.closerange(0, 1024)
    return np.zeros((a.shape[0], b.shape[1]))
