"""Returns memory as it comes, preferring a block of the size of the answer that somebody has just let go.

covers = ["returning uninitialised memory"]
task = "julia_period"
verdict = "WRONG_ANSWER"
"""

import gc

import numpy as np


def julia_period(x, y, c, max_iter, max_period, tol):
    shape = len(y), len(x)
    gc.collect()
    tried = [np.empty(shape, np.int32) for _ in range(64)]
    likely = [found for found in tried if found.size and 0 <= found.min() and found.max() <= max_period + 1 and found.any()]
    return likely[0] if likely else tried[0]
