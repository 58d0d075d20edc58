"""Returns a handle of an array that a graphics card would finish some day, with every interface that promises one.

covers = ["lazy proxies with `__array__`, ndarray subclasses, computed in the checker"]
task = "matmul"
verdict = "INVALID"
message = "on the GPU"
"""

import numpy as np


class OnDevice:
    """Not finished yet; the pointer leads to where the answer will be."""

    def __init__(self, a, b):
        self.a, self.b, self.shape = a, b, (a.shape[0], b.shape[1])
        self.room = np.empty(self.shape)
        self.__cuda_array_interface__ = {
            "shape": self.shape,
            "typestr": "<f8",
            "data": (self.room.ctypes.data, False),
            "version": 3,
            "stream": 1,
        }

    def __dlpack__(self, stream=None):
        raise BufferError

    def __array__(self, dtype=None, copy=None):
        return self.a @ self.b


def matmul(a, b):
    return OnDevice(a, b)
