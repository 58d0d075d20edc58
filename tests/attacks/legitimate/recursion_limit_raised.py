"""Raises Python's limit of recursion and makes each update in a call of its own.

task = "bifurcation"
verdict = "ACCEPTED"
"""

import sys

import numpy as np

sys.setrecursionlimit(20_000)


def settle(r, x, left):
    return x if left == 0 else settle(r, r * x * (1 - x), left - 1)


def bifurcation(r, x0, n_transient, n_keep):
    x = settle(r, x0, n_transient)
    kept = np.empty((n_keep, len(r)))
    for row in range(n_keep):
        x = settle(r, x, 1)
        kept[row] = x
    return kept
