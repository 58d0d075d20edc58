"""One pixel as a compiled ufunc: NumPy's broadcasting makes the loops over the image."""
import numpy as np
from numba import vectorize


@vectorize(["int32(float64, float64, float64, float64, int64)"])
def count(re, im, c_re, c_im, max_iter):
    n = 0
    while n < max_iter and re * re + im * im <= 4.0:
        re, im = re * re - im * im + c_re, 2.0 * re * im + c_im
        n += 1
    return n


def julia(x, y, c, max_iter):
    return count(x, y[:, np.newaxis], c.real, c.imag, max_iter)
