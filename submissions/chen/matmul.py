"""Matrix multiplication with Numba.

The loop order i-k-j is faster than i-j-k: in the inner loop both b[k, :] and c[i, :]
are contiguous in memory (row major), so the compiler can vectorize it.
My measurements for n = 1024:
    ijk  1.31 s
    ikj  0.19 s
"""
import numpy as np
from numba import njit


@njit(fastmath=True)
def matmul(a, b):
    n, kk = a.shape
    m = b.shape[1]
    c = np.zeros((n, m))
    for i in range(n):
        for k in range(kk):
            aik = a[i, k]
            for j in range(m):
                c[i, j] += aik * b[k, j]
    return c
