import numpy as np


def matmul(a, b):
    n, depth = a.shape
    m = b.shape[1]
    c = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            for p in range(depth):
                c[i, j] += a[i, p] * b[p, j]
    return c
