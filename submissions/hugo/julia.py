import numpy as np


def julia(x, y, c, max_iter):
    z = x[np.newaxis, :] + 1j * y[:, np.newaxis]

    # 1. all orbits, completely
    orbits = []
    with np.errstate(over='ignore', invalid='ignore'):
        for i in range(max_iter):
            orbits.append(z)
            z = z * z + c
    orbits = np.array(orbits).reshape(max_iter, len(y), len(x))

    # 2. afterwards look where each one was inside: the product is 0 from the first exit on
    radius = np.abs(orbits)
    inside = np.cumprod(radius <= 2, axis=0)
    return inside.sum(axis=0)
