"""Warns, divides by zero on the way, and prints what it thinks of its arguments.

task = "bifurcation"
verdict = "ACCEPTED"
"""

import warnings

import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    if len(r) and r.max() > 3.9:
        warnings.warn("some of these orbits are chaotic", RuntimeWarning, stacklevel=2)
    inverse = 1 / (r - r)
    print("fixed points:", inverse.size)
    return orbits(r, x0, n_transient, n_keep)


def orbits(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient):
        x = r * x * (1 - x)
    kept = np.empty((n_keep, len(r)))
    for row in range(n_keep):
        x = r * x * (1 - x)
        kept[row] = x
    return kept
