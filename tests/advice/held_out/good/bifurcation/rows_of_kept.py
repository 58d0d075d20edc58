"""Each kept row is made from the row above it: x itself is needed for the transient alone."""
import numpy as np


def logistic(r, x, into):
    np.multiply(r, x, out=into)
    np.multiply(into, 1 - x, out=into)


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    x, other = x0, np.empty_like(x0)
    for _ in range(n_transient):
        logistic(r, x, other)
        x, other = other, x
    for row in kept:
        logistic(r, x, row)
        x = row
    return kept
