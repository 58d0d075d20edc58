"""Splits the longest side in two and calls itself, until the blocks are small.

task = "matmul"
verdict = "ACCEPTED"
"""

import numpy as np


def multiply(a, b, c):
    n, k, m = *a.shape, b.shape[1]
    longest = max(n, k, m)
    if longest <= 128:
        c += a @ b
    elif n == longest:
        multiply(a[: n // 2], b, c[: n // 2])
        multiply(a[n // 2 :], b, c[n // 2 :])
    elif m == longest:
        multiply(a, b[:, : m // 2], c[:, : m // 2])
        multiply(a, b[:, m // 2 :], c[:, m // 2 :])
    else:
        multiply(a[:, : k // 2], b[: k // 2], c)
        multiply(a[:, k // 2 :], b[k // 2 :], c)


def matmul(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    multiply(a, b, c)
    return c
