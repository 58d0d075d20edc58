import numpy as np


def matmul(A, B):
    # numpy calls BLAS, it does not get faster than that
    return np.dot(A, B)
