import math

import numpy as np
from numba import njit


@njit
def steps(a, b, ca, cb, max_iter):
    n = 0
    while n < max_iter and math.hypot(a, b) <= 2.0:
        a, b = a * a - b * b + ca, 2.0 * a * b + cb
        n += 1
    return n


@njit
def julia(x, y, c, max_iter):
    picture = np.empty((y.size, x.size), dtype=np.int32)
    for i in range(y.size):
        for j in range(x.size):
            picture[i, j] = steps(x[j], y[i], c.real, c.imag, max_iter)
    return picture
