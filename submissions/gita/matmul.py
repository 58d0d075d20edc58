import numpy as np
from numba import njit, prange


@njit(parallel=True, fastmath=True)
def matmul(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    n, k = a.shape
    m = b.shape[1]
    c = np.zeros((n, m))
    # every row of c belongs to one thread, so they do not get into each other's way
    for i in prange(n):
        for p in range(k):
            for j in range(m):
                c[i, j] += a[i, p] * b[p, j]
    return c
