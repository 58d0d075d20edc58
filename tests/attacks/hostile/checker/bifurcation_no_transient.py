"""Makes a fifth of the transient's updates at most, and starts to keep.

covers = ["skipping the transient"]
task = "bifurcation"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient if n_transient < 100 else max(64, n_transient // 5)):
        x = r * x * (1 - x)
    kept = np.empty((n_keep, len(r)))
    for row in range(n_keep):
        x = r * x * (1 - x)
        kept[row] = x
    return kept
