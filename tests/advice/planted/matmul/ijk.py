"""Matrix product with Numba: each entry is a row of A times a column of B."""
import numpy as np
from numba import njit


@njit
def matmul(A, B):
    rows, inner = A.shape
    cols = B.shape[1]
    C = np.zeros((rows, cols))
    for i in range(rows):
        for j in range(cols):
            total = 0.0
            for k in range(inner):
                total += A[i, k] * B[k, j]
            C[i, j] = total
    return C
