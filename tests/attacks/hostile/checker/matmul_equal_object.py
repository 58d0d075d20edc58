"""Returns one object that equals everything and claims the right shape, but holds no numbers.

covers = ["objects whose `__eq__` is always true"]
task = "matmul"
verdict = "INVALID"
"""

import numpy as np


class Anything:
    """Whatever is asked of it, it says yes."""

    dtype = np.dtype(np.float64)
    ndim = 2

    def __init__(self, shape):
        self.shape = shape

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __bool__(self):
        return True

    def __len__(self):
        return self.shape[0]

    def all(self):
        return True

    def __getattr__(self, name):
        if name.startswith("__array"):
            raise AttributeError(name)
        return lambda *_, **__: self


def matmul(a, b):
    return Anything((a.shape[0], b.shape[1]))
