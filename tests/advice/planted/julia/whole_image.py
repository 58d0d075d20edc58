import numpy as np


def julia(x, y, c, max_iter):
    z = x + 1j * y[:, np.newaxis]
    counts = np.zeros(z.shape, dtype=np.int32)
    inside = np.ones(z.shape, dtype=bool)
    for _ in range(max_iter):
        inside &= np.abs(z) <= 2
        if not inside.any():
            break
        z = np.where(inside, z * z + c, z)  # the others stay where they are
        counts += inside
    return counts
