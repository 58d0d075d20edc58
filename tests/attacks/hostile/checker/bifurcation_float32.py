"""Computes in single precision all the way, and hands the result out as if it were not.

covers = ["silent float32/float16"]
task = "bifurcation"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    r, x = r.astype(np.float32), x0.astype(np.float32)
    one = np.float32(1)
    for _ in range(n_transient):
        x = r * x * (one - x)
    kept = np.empty((n_keep, len(r)))
    for row in range(n_keep):
        x = r * x * (one - x)
        kept[row] = x
    return kept
