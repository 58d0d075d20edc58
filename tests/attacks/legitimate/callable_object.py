"""The function is an instance of a class with __call__, wrapped by a decorator of its own.

task = "matmul"
verdict = "ACCEPTED"
"""

import functools

import numpy as np


class Product:
    """Remembers how often it was called."""

    def __init__(self, tile):
        self.tile, self.calls = tile, 0

    def __call__(self, a, b):
        self.calls += 1
        c = np.empty((a.shape[0], b.shape[1]))
        for row in range(0, a.shape[0], self.tile):
            np.matmul(a[row : row + self.tile], b, out=c[row : row + self.tile])
        return c


def announced(function):
    @functools.wraps(function)
    def call(*arguments, **options):
        return function(*arguments, **options)

    return call


PRODUCT = Product(256)


@announced
def matmul(a, b):
    return PRODUCT(a, b)
