import numpy as np
from numba import njit


@njit
def julia(x, y, c, max_iter):
    counts = np.zeros((len(y), len(x)), dtype=np.int32)
    for row in range(len(y)):
        for col in range(len(x)):
            z = complex(x[col], y[row])
            n = 0
            while n < max_iter:
                z = z * z + c
                if abs(z) > 2:
                    break
                n += 1
            counts[row, col] = n
    return counts
