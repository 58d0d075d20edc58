"""The matrix product in NumPy: one operator, which hands the whole job to the BLAS library.

As fast as it gets: BLAS (here OpenBLAS, one thread) cuts the matrices into blocks that fit the caches, copies them into the
order in which they are read, and multiplies them with kernels written in assembly for each processor. Before writing a loop,
look whether a library has the operation: decades of work stand behind this one character.
"""


def matmul(a, b):
    """Multiply two matrices: c[i, j] = Σₚ a[i, p] · b[p, j]."""
    return a @ b
