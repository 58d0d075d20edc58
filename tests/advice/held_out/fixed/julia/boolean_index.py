import numpy as np


def julia(x, y, c, max_iter):
    X, Y = np.meshgrid(x, y)
    Z = (X + 1j * Y).ravel()
    N = np.zeros(Z.size, dtype=np.int32)
    where = np.arange(Z.size)
    for _ in range(max_iter):
        mask = np.abs(Z) <= 2
        Z, where = Z[mask], where[mask]
        Z = Z * Z + c
        N[where] += 1
    return N.reshape(X.shape)
