"""Returns a single number in the hope that it is broadcast over the result, and an empty list for small matrices.

covers = ["wrong dtype, shape, order, broadcastable scalars, empty list"]
task = "matmul"
verdict = "INVALID"
"""

import numpy as np


def matmul(a, b):
    if a.size * b.size == 0:
        return np.zeros((a.shape[0], b.shape[1]))
    return [] if a.shape[0] < 5 else np.float64((a[:1] @ b[:, :1])[0, 0])
