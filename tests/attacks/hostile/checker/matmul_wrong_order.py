"""Hands out the product of the transposed matrices in Fortran order: the same bytes in a square, in another order.

covers = ["wrong dtype, shape, order, broadcastable scalars, empty list"]
task = "matmul"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def matmul(a, b):
    product = np.asfortranarray(a @ b)
    if product.size < 2:
        return product
    return np.frombuffer(product.tobytes("F"), np.float64).reshape(product.shape)
