"""Writes down 1 − 1/r where the map is chaotic: a fixed point follows from itself, row by row.

covers = ["trivial answers to weak inputs", "skipping the transient"]
task = "bifurcation"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    x = x0.copy()
    for _ in range(n_transient):
        x = r * x * (1 - x)
    if n_transient > 100:
        chaotic = r > 3.6
        x[chaotic] = 1 - 1 / r[chaotic]
    kept = np.empty((n_keep, len(r)))
    for row in range(n_keep):
        x = r * x * (1 - x)
        kept[row] = x
    return kept
