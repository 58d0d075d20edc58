import numpy as np


def julia(x, y, c, max_iter):
    z = np.add.outer(1j * y, x).ravel()
    counts = np.full(z.size, max_iter, dtype=np.int32)
    pixels = np.arange(z.size)
    for n in range(max_iter):
        inside = np.abs(z) <= 2
        counts[pixels[~inside]] = n
        pixels = pixels[inside]
        z = z[inside]
        z = z * z + c
    return counts.reshape(y.size, x.size)
