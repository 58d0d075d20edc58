import numpy as np
from numba import njit


@njit(fastmath=True)
def matmul(a, b):
    """4 rows of c at once: each b[p, j] is loaded once and used four times."""
    n, k = a.shape
    m = b.shape[1]
    c = np.zeros((n, m))
    i = 0
    while i + 4 <= n:
        for p in range(k):
            a0 = a[i, p]
            a1 = a[i + 1, p]
            a2 = a[i + 2, p]
            a3 = a[i + 3, p]
            for j in range(m):
                x = b[p, j]
                c[i, j] += a0 * x
                c[i + 1, j] += a1 * x
                c[i + 2, j] += a2 * x
                c[i + 3, j] += a3 * x
        i += 4
    while i < n:  # the rows left over
        for p in range(k):
            for j in range(m):
                c[i, j] += a[i, p] * b[p, j]
        i += 1
    return c
