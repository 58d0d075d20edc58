import numpy as np
from numba import njit


def julia(x, y, c, max_iter):
    cr, ci = c.real, c.imag

    @njit
    def picture(x, y):
        counts = np.empty((len(y), len(x)), dtype=np.int32)
        for i in range(len(y)):
            for j in range(len(x)):
                re, im, n = x[j], y[i], 0
                while n < max_iter and re * re + im * im <= 4.0:
                    re, im = re * re - im * im + cr, 2.0 * re * im + ci
                    n += 1
                counts[i, j] = n
        return counts

    return picture(x, y)
