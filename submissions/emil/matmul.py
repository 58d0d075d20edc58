import numpy

def matmul(A, B):
    n = len(A)
    p = len(B)
    m = B.shape[1]
    A = A.tolist()
    B = B.tolist()
    C = [[0.0] * m for i in range(n)]
    for i in range(n):
        for j in range(m):
            s = 0.0
            for k in range(p):
                s = s + A[i][k] * B[k][j]
            C[i][j] = s
    return numpy.array(C).reshape(n, m)
