import numpy as np


def julia(x, y, c, max_iter):
    real, imaginary = np.meshgrid(x, y)
    z = (real + 1j * imaginary).ravel()
    counts = np.zeros(z.shape, dtype=np.int32)
    where = np.arange(len(z))
    for _ in range(max_iter):
        inside = np.abs(z) <= 2
        z, where = z[inside], where[inside]
        counts[where] += 1
        z = z**2 + c
    return counts.reshape(real.shape)
