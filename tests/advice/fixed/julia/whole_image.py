import numpy as np


def julia(x, y, c, max_iter):
    z = (x + 1j * y[:, np.newaxis]).ravel()
    counts = np.zeros(z.size, dtype=np.int32)
    pixel = np.arange(z.size)
    for _ in range(max_iter):
        inside = np.abs(z) <= 2
        z, pixel = z[inside], pixel[inside]  # the others are done
        if not z.size:
            break
        z = z * z + c
        counts[pixel] += 1
    return counts.reshape(len(y), len(x))
