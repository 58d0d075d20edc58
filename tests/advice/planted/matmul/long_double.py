import numpy as np


def matmul(a, b):
    # add up with more digits, so that only the result is rounded
    left = a.astype(np.longdouble)
    right = b.astype(np.longdouble)
    return (left @ right).astype(np.float64)
