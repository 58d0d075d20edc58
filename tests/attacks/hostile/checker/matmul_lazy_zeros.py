"""Hands out a proxy that gives zeros until the third time somebody asks for its values, and only then works.

covers = ["lazy proxies with `__array__`, ndarray subclasses, computed in the checker"]
task = "matmul"
verdict = "WRONG_ANSWER"
"""

import numpy as np


class Later:
    """The product, once it is looked at often enough: by then the clock has stopped."""

    def __init__(self, a, b):
        self.a, self.b, self.asked = a, b, 0
        self.shape, self.dtype, self.ndim = (a.shape[0], b.shape[1]), np.dtype(np.float64), 2

    def __array__(self, dtype=None, copy=None):
        self.asked += 1
        return np.zeros(self.shape) if self.asked < 3 else self.a @ self.b

    def __getitem__(self, index):
        return (self.a @ self.b)[index]

    def __sub__(self, other):
        return self.a @ self.b - other


def matmul(a, b):
    return Later(a, b)
