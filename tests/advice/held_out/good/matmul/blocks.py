"""Blocks of the product, each a sum of products of blocks that fit the second-level cache."""
import numpy as np

SIZE = 256


def matmul(a, b):
    n, depth = a.shape
    m = b.shape[1]
    c = np.zeros((n, m))
    for i in range(0, n, SIZE):
        for j in range(0, m, SIZE):
            block = c[i:i + SIZE, j:j + SIZE]
            for p in range(0, depth, SIZE):
                block += a[i:i + SIZE, p:p + SIZE] @ b[p:p + SIZE, j:j + SIZE]
    return c
