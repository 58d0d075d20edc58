"""Computes in single precision all the way, and hands the result out as if it were not.

covers = ["silent float32/float16"]
task = "julia"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def julia(x, y, c, max_iter):
    z = (x + 1j * y[:, None]).astype(np.complex64)
    c = np.complex64(c)
    counts, inside = np.zeros(z.shape, np.int32), np.ones(z.shape, bool)
    with np.errstate(all="ignore"):
        for _ in range(max_iter):
            inside &= z.real**2 + z.imag**2 <= 4
            counts += inside
            z = z * z + c
    return counts
