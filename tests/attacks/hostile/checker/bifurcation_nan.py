"""Fills the columns that are hard to judge with NaN, which no comparison by ordering rejects.

covers = ["NaN where NaN would match"]
task = "bifurcation"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    hard = r > 3.57
    kept = np.full((n_keep, len(r)), np.nan)
    x, q = x0[~hard], r[~hard]
    for _ in range(n_transient):
        x = q * x * (1 - x)
    for row in range(n_keep):
        x = q * x * (1 - x)
        kept[row, ~hard] = x
    return kept
