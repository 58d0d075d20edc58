"""Returns nested lists of Python numbers.

task = "julia"
verdict = "ACCEPTED"
"""

import numpy as np


def julia(x, y, c, max_iter):
    z = x + 1j * y[:, None]
    counts = np.zeros(z.shape, np.uint16)
    inside = np.ones(z.shape, dtype=bool)
    with np.errstate(all="ignore"):
        for _ in range(max_iter):
            inside &= z.real * z.real + z.imag * z.imag <= 4
            counts += inside
            z = z * z + c
    return counts.tolist() if counts.size else np.zeros(z.shape)
