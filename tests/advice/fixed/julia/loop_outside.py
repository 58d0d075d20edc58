import numpy as np
from numba import njit


@njit
def updates(re, im, c_re, c_im, max_iter):
    """How many steps a start makes inside the circle."""
    count = 0
    re2, im2 = re * re, im * im
    while count < max_iter and re2 + im2 <= 4.0:
        im = 2.0 * re * im + c_im
        re = re2 - im2 + c_re
        re2, im2 = re * re, im * im
        count += 1
    return count


@njit
def julia(x, y, c, max_iter):
    counts = np.empty((len(y), len(x)), dtype=np.int32)
    for row, imaginary in enumerate(y):
        for column, real in enumerate(x):
            counts[row, column] = updates(real, imaginary, c.real, c.imag, max_iter)
    return counts
