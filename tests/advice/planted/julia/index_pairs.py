import numpy as np


def julia(x, y, c, max_iter):
    real, imaginary = np.meshgrid(x, y)
    z = real + 1j * imaginary
    counts = np.zeros(z.shape, dtype=np.int32)
    for _ in range(max_iter):
        rows, columns = np.where(np.abs(z) <= 2)
        counts[rows, columns] += 1
        z[rows, columns] = z[rows, columns] ** 2 + c
    return counts
