import numpy as np


def matmul(a, b):
    # the same sum, without an array of all products
    return np.einsum("ip,pj->ij", a, b, optimize=True)
