import numpy as np


def julia_set(x, y, c, max_iter):
    '''only the points which are still inside are iterated'''
    nx, ny = len(x), len(y)
    out = np.full(nx * ny, max_iter, dtype='int32')
    index = np.arange(nx * ny)
    z = np.add.outer(1j * y, x).ravel()

    for k in range(max_iter):
        gone = z.real ** 2 + z.imag ** 2 > 4
        out[index[gone]] = k
        index = index[~gone]
        z = z[~gone]
        if len(z) == 0:
            break
        z *= z
        z += c

    return out.reshape(ny, nx)
