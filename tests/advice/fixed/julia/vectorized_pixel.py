import numpy as np
from numba import vectorize


def escape_time(re, im, c, max_iter):
    z = complex(re, im)
    for n in range(max_iter):
        if z.real * z.real + z.imag * z.imag > 4:
            return n
        z = z * z + c
    return max_iter


# the function for one number becomes a function for arrays
escape_time = vectorize(escape_time)


def julia(x, y, c, max_iter):
    return escape_time(x, y[:, np.newaxis], c, max_iter)
