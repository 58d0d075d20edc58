"""Returns an array whose comparisons are always true, with every value zero.

covers = ["objects whose `__eq__` is always true", "lazy proxies with `__array__`, ndarray subclasses, computed in the checker"]
task = "julia"
verdict = "WRONG_ANSWER"
"""

import numpy as np


class Agreeable(np.ndarray):
    """Agrees with whatever it is compared with."""

    def __eq__(self, other):
        return np.ones(self.shape, dtype=bool)

    def __ne__(self, other):
        return np.zeros(self.shape, dtype=bool)

    __lt__ = __gt__ = __ne__
    __le__ = __ge__ = __eq__

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __sub__

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return np.bool_(True) if ufunc is np.logical_and else np.zeros(self.shape)

    def __array_function__(self, function, types, arguments, options):
        return True

    def all(self, *_, **__):
        return True


def julia(x, y, c, max_iter):
    return np.zeros((len(y), len(x)), np.int32).view(Agreeable)
