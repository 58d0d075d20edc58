import numpy as np
from numba import njit


@njit
def matmul(a, b):
    n, k = a.shape
    m = b.shape[1]
    c = np.zeros((n, m))
    for j in range(m):
        for p in range(k):
            for i in range(n):
                c[i, j] += a[i, p] * b[p, j]
    return c
