"""The matrix product, its rows shared out between two processes, which get the matrices when they are forked."""
from multiprocessing import Pool

import numpy as np

GIVEN = {}


def matmul(a, b):
    c = np.empty((a.shape[0], b.shape[1]))
    with Pool(2, GIVEN.update, ({"a": a, "b": b},)) as pool:
        for i, row in enumerate(pool.imap(row_of_product, range(len(a)))):
            c[i] = row
    return c


def row_of_product(i):
    return GIVEN["a"][i] @ GIVEN["b"]
