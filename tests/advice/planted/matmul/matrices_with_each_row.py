"""The matrix product, its rows shared out between two processes."""
from multiprocessing import Pool

import numpy as np


def matmul(a, b):
    c = np.empty((a.shape[0], b.shape[1]))
    with Pool(2) as pool:
        for i, row in enumerate(pool.imap(row_of_product, [(a, b, i) for i in range(len(a))])):
            c[i] = row
    return c


def row_of_product(job):
    a, b, i = job
    return a[i] @ b
