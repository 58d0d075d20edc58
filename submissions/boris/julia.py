import numpy as np


def julia(x, y, c, max_iter):
    X, Y = np.meshgrid(x, y)
    Z = X + 1j * Y
    N = np.zeros(Z.shape, dtype=np.int32)

    for _ in range(max_iter):
        mask = np.abs(Z) <= 2       # the ones still inside
        if not mask.any():
            break
        Z[mask] = Z[mask] ** 2 + c  # only these, the others would overflow
        N[mask] += 1

    return N


# x = np.linspace(-2, 2, 1000)
# %timeit julia(x, x, -0.8 + 0.156j, 256)
