"""Julia set with Numba, real and imaginary parts apart, squares used twice."""
import numpy as np
from numba import njit


@njit
def julia(x, y, c, max_iter):
    counts = np.empty((y.size, x.size), dtype=np.int32)
    for i in range(y.size):
        for j in range(x.size):
            a, b = x[j], y[i]
            a2, b2 = a * a, b * b
            n = 0
            while n < max_iter and a2 + b2 <= 4.0:
                b = 2.0 * a * b + c.imag
                a = a2 - b2 + c.real
                a2, b2 = a * a, b * b
                n += 1
            counts[i, j] = n
    return counts
