"""Yields the states of all orbits from a generator, and takes those that are to be kept.

task = "bifurcation"
verdict = "ACCEPTED"
"""

from itertools import islice

import numpy as np


def states(r, x):
    while True:
        x = r * x * (1 - x)
        yield x


def bifurcation(r, x0, n_transient, n_keep):
    kept = list(islice(states(r, x0), n_transient, n_transient + n_keep))
    return np.array(kept).reshape(n_keep, len(r))
