import numpy as np


def julia(x, y, c, max_iter):
    X, Y = np.meshgrid(x, y)
    z = X + 1j * Y
    n = np.zeros(z.shape, dtype=np.int32)
    with np.errstate(over="ignore", invalid="ignore"):   # those who left go to infinity, never mind
        for i in range(max_iter):
            n += np.abs(z) <= 2
            z = z ** 2 + c
    return n
