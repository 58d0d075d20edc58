import numpy as np


def matmul(a, b):
    # products[i, p, j] = a[i, p] b[p, j]; then the sum over p
    products = a[:, :, np.newaxis] * b[np.newaxis, :, :]
    return products.sum(axis=1)
