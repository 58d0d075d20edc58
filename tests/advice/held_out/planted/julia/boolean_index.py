import numpy as np


def julia(x, y, c, max_iter):
    X, Y = np.meshgrid(x, y)
    Z = X + 1j * Y
    N = np.zeros(Z.shape, dtype=np.int32)
    for _ in range(max_iter):
        mask = np.abs(Z) <= 2
        Z[mask] = Z[mask] * Z[mask] + c
        N[mask] += 1
    return N
