"""Orbits in groups that fit the first-level cache; within a group the inner loop runs over the orbits."""
import numpy as np
from numba import njit

GROUP = 256


@njit
def follow(r, x, n_transient, kept):
    for _ in range(n_transient):
        for i in range(len(x)):
            x[i] = r[i] * x[i] * (1.0 - x[i])
    for row in range(len(kept)):
        for i in range(len(x)):
            x[i] = r[i] * x[i] * (1.0 - x[i])
            kept[row, i] = x[i]


@njit
def fill(kept, r, x0, n_transient):
    for left in range(0, len(r), GROUP):
        right = left + GROUP
        follow(r[left:right], x0[left:right], n_transient, kept[:, left:right])


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    fill(kept, r, x0, n_transient)
    return kept
