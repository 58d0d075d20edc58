import numba
import numpy as np


@numba.jit(nopython=True)
def product(a, b, c):
    for i in range(a.shape[0]):
        for p in range(a.shape[1]):
            for j in range(b.shape[1]):
                c[i, j] += a[i, p] * b[p, j]


def matmul(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    product(a, b, c)
    return c
