"""Matrix product with Numba: the inner loop runs along rows of b and c."""
import numpy as np
from numba import njit


@njit(fastmath={"contract"})
def matmul(a, b):
    n, depth = a.shape
    m = b.shape[1]
    c = np.zeros((n, m))
    for i in range(n):
        row = c[i]
        for p in range(depth):
            factor = a[i, p]
            for j in range(m):
                row[j] += factor * b[p, j]
    return c
