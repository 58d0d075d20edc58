import numpy as np


def julia(x, y, c, max_iter):
    counts = np.full(len(y) * len(x), max_iter, dtype=np.int32)
    z = (x + 1j * y[:, np.newaxis]).ravel()
    pixel = np.arange(z.size)
    for n in range(max_iter):
        inside = np.abs(z) <= 2
        counts[pixel[~inside]] = n
        if inside.sum() == 0:
            break
        z, pixel = z[inside], pixel[inside]
        z = z * z + c
    return counts.reshape(len(y), len(x))
