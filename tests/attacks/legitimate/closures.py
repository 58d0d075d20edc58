"""Builds its function from closures, and binds the name with a lambda at the end.

task = "julia"
verdict = "ACCEPTED"
"""

import numpy as np


def make(radius):
    limit = radius * radius

    def stays(z):
        return z.real * z.real + z.imag * z.imag <= limit

    def count(x, y, c, max_iter):
        z = x + 1j * y[:, np.newaxis]
        counts = np.zeros(z.shape, np.int32)
        left = np.arange(z.size)
        flat, z = counts.ravel(), z.ravel()
        for _ in range(max_iter):
            inside = stays(z)
            left, z = left[inside], z[inside]
            if not len(left):
                break
            flat[left] += 1
            z = z * z + c
        return counts

    return count


COUNT = make(2.0)
julia = lambda x, y, c, max_iter: COUNT(x, y, c, max_iter)  # noqa: E731
