"""A row of the image is a ufunc's call: compiled once, with the rest in NumPy."""
import numpy as np
from numba import guvectorize


@guvectorize(["void(float64[:], float64, float64, float64, int64, int32[:])"], "(w),(),(),(),()->(w)")
def row_of_counts(x, y, c_re, c_im, max_iter, counts):
    for column in range(len(x)):
        re, im = x[column], y
        n = 0
        while n < max_iter and re * re + im * im <= 4.0:
            re, im = re * re - im * im + c_re, 2.0 * re * im + c_im
            n += 1
        counts[column] = n


def julia(x, y, c, max_iter):
    return row_of_counts(x, y, c.real, c.imag, max_iter)
