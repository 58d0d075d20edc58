import numpy as np
from numba import njit


@njit
def matmul(a, b):
    rows, inner = a.shape
    cols = b.shape[1]
    # float32 is half the memory, so twice as many numbers fit into the cache
    result = np.zeros((rows, cols), dtype=np.float32)
    for i in range(rows):
        for k in range(inner):
            for j in range(cols):
                result[i, j] += a[i, k] * b[k, j]
    return result.astype(np.float64)
