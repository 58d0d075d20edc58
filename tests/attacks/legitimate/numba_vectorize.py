"""Compiles one pixel's count into a function for whole arrays.

task = "julia"
verdict = "ACCEPTED"
"""

import numpy as np
from numba import vectorize


@vectorize(["int32(float64, float64, complex128, int64)"], nopython=True)
def count(re, im, c, max_iter):
    number = 0
    while number < max_iter and re * re + im * im <= 4.0:
        re, im = re * re - im * im + c.real, 2.0 * re * im + c.imag
        number += 1
    return number


def julia(x, y, c, max_iter):
    return count(x, y[:, np.newaxis], c, max_iter)
