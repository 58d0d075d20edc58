"""Makes half of the updates where there are many, and takes the rest of the pixels for inside.

covers = ["fewer iterations than asked"]
task = "julia"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def julia(x, y, c, max_iter):
    z = x + 1j * y[:, None]
    counts, inside = np.zeros(z.shape, np.int32), np.ones(z.shape, bool)
    with np.errstate(all="ignore"):
        for _ in range(max_iter if max_iter < 70 else max_iter // 2):
            inside &= np.abs(z) <= 2
            counts += inside
            z = z * z + c
    counts[inside] = max_iter
    return counts
