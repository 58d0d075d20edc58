import numpy as np
from numba import njit


@njit
def escape(re, im, cr, ci, max_iter):
    for n in range(max_iter):
        if re * re + im * im > 4.0:
            return n
        re, im = re * re - im * im + cr, 2.0 * re * im + ci
    return max_iter


@njit
def julia(x, y, c, max_iter):
    counts = np.empty((len(y), len(x)), dtype=np.int32)
    for i in range(len(y)):
        for j in range(len(x)):
            counts[i, j] = escape(x[j], y[i], c.real, c.imag, max_iter)
    return counts
