"""The matrix product: compiled loops over the entries."""
import numpy as np
from numba import njit


def matmul(a, b):
    c = np.empty((a.shape[0], b.shape[1]))
    fill(a, b, c)
    return c


@njit
def fill(a, b, c):
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            entry = 0.0
            for k in range(a.shape[1]):
                entry += a[i, k] * b[k, j]
            c[i, j] = entry
