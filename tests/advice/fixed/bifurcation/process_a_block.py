"""The bifurcation map: one block of 64 values of r after the other."""
import numpy as np

BLOCK = 64


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    for first in range(0, len(r), BLOCK):
        block = slice(first, first + BLOCK)
        kept[:, block] = orbits(r[block], x0[block], n_transient, n_keep)
    return kept


def orbits(r, x, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    for n in range(n_transient + n_keep):
        x = r * x * (1 - x)
        if n >= n_transient:
            kept[n - n_transient] = x
    return kept
