"""Matrix product with Numba: each row of C is a sum of rows of B."""
import numpy as np
from numba import njit


@njit
def matmul(A, B):
    rows, inner = A.shape
    cols = B.shape[1]
    C = np.zeros((rows, cols))
    for i in range(rows):
        for k in range(inner):
            for j in range(cols):
                C[i, j] += A[i, k] * B[k, j]
    return C
