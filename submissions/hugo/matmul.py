import numpy as np

BLOCK = 128


def matmul(A, B):
    """Blocked multiplication: three blocks fit into the L2 cache."""
    n, k = A.shape
    m = B.shape[1]
    C = np.zeros((n, m))
    for i in range(0, n, BLOCK):
        for j in range(0, m, BLOCK):
            for p in range(0, k, BLOCK):
                C[i:i+BLOCK, j:j+BLOCK] += A[i:i+BLOCK, p:p+BLOCK] @ B[p:p+BLOCK, j:j+BLOCK]
    return C
