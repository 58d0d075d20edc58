import numpy as np


def matmul(a, b):
    n, m = a.shape[0], b.shape[1]
    c = np.zeros((n, m))
    for i in range(n):
        c[i] = a[i] @ b
    return c
