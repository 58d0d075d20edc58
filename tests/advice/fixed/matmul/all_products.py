import numpy as np


def matmul(a, b):
    # for each row, products[p, j] = a[i, p] b[p, j]; then the sum over p
    c = np.empty((a.shape[0], b.shape[1]))
    for i, row in enumerate(a):
        products = row[:, np.newaxis] * b
        c[i] = products.sum(axis=0)
    return c
