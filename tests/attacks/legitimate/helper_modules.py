"""Keeps its loops in a package beside the file, with an __init__ that imports relatively.

task = "julia"
verdict = "ACCEPTED"

[also]
"kernels/__init__.py" = "from .loops import count\n\n__all__ = ['count']\n"
"kernels/loops.py" = '''
import numpy as np
from numba import njit

LIMIT = 4.0


@njit
def count(x, y, c, max_iter):
    counts = np.zeros((len(y), len(x)), np.int32)
    for row in range(len(y)):
        for column in range(len(x)):
            z = complex(x[column], y[row])
            while counts[row, column] < max_iter and z.real * z.real + z.imag * z.imag <= LIMIT:
                z = z * z + c
                counts[row, column] += 1
    return counts
'''
"""

from kernels import count


def julia(x, y, c, max_iter):
    return count(x, y, c, max_iter)
