"""Returns an array in Fortran order, a view with negative strides of a larger one.

task = "matmul"
verdict = "ACCEPTED"
"""

import numpy as np


def matmul(a, b):
    room = np.empty((2 * a.shape[0], b.shape[1] + 1), order="F")
    product = room[::2][::-1, :-1]
    product[...] = a @ b
    return product
