"""Wraps its work in a broad except that tries a slower way, and ends with finally.

task = "matmul"
verdict = "ACCEPTED"
"""

import numpy as np

try:
    import cupy as xp  # where there is a graphics card
except ImportError:
    xp = np


def slow(a, b):
    return np.array([[float(np.sum(row * column)) for column in b.T] for row in a]).reshape(len(a), b.shape[1])


def matmul(a, b):
    try:
        product = xp.matmul(a, b)
    except Exception as error:  # noqa: BLE001
        print("the fast way failed:", error)
        product = slow(a, b)
    finally:
        np.get_printoptions()
    return product
