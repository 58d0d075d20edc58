import numpy as np


def matmul(A, B):
    return np.dot(A, B)
