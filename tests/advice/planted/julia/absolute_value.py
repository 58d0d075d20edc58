import numpy as np
from numba import njit


@njit
def julia(x, y, c, max_iter):
    counts = np.empty((y.size, x.size), dtype=np.int32)
    for i in range(y.size):
        for j in range(x.size):
            z = complex(x[j], y[i])
            n = 0
            while n < max_iter and abs(z) <= 2:
                z = z * z + c
                n += 1
            counts[i, j] = n
    return counts
