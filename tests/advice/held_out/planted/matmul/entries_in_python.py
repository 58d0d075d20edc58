"""The matrix product: compiled loops over the entries, each of which is worked out by Python's NumPy."""
import numpy as np
from numba import njit, objmode


def matmul(a, b):
    c = np.empty((a.shape[0], b.shape[1]))
    fill(a, b, c)
    return c


@njit
def fill(a, b, c):
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            with objmode(entry="float64"):
                entry = float(a[i] @ b[:, j])
            c[i, j] = entry
