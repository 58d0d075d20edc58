"""Logistic map, compiled with Numba."""
import numpy as np
from numba import jit


class Logistic:
    """The map x -> r x (1 - x) for one r."""

    def __init__(self, r):
        self.r = r

    def __call__(self, x):
        return self.r * x * (1 - x)


@jit(forceobj=True)  # with nopython it does not compile
def orbit(logistic, x, n_transient, kept):
    for n in range(n_transient + len(kept)):
        x = logistic(x)
        if n >= n_transient:
            kept[n - n_transient] = x


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    for column in range(len(r)):
        orbit(Logistic(float(r[column])), float(x0[column]), n_transient, kept[:, column])
    return kept
