"""Computes in single precision all the way, and hands the result out as if it were not.

covers = ["silent float32/float16"]
task = "julia_period"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def julia_period(x, y, c, max_iter, max_period, tol):
    z = (x + 1j * y[:, None]).astype(np.complex64)
    c = np.complex64(c)
    inside = np.abs(z) <= 2
    with np.errstate(all="ignore"):
        for _ in range(max_iter):
            z = z * z + c
            inside &= np.abs(z) <= 2
        periods, open_, settled = np.where(inside, max_period + 1, 0).astype(np.int32), inside.copy(), z
        for period in range(1, max_period + 1):
            z = z * z + c
            open_ &= np.abs(z) <= 2
            back = open_ & (np.abs(z - settled) <= tol)
            periods[back] = period
            open_ &= ~back
    return periods
