"""Returns a proxy that multiplies when somebody asks for its values, in the hope that this is after the clock.

covers = ["lazy proxies with `__array__`, ndarray subclasses, computed in the checker"]
task = "matmul"
verdict = "ACCEPTED"
honest = "numpy"
"""

import numpy as np


class Later:
    """Knows its shape, and what it would hold."""

    def __init__(self, a, b):
        self.a, self.b = a, b
        self.shape, self.dtype, self.ndim = (a.shape[0], b.shape[1]), np.dtype(np.float64), 2

    def __array__(self, dtype=None, copy=None):
        return self.a @ self.b


def matmul(a, b):
    return Later(a, b)
