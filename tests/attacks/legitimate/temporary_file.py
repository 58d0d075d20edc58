"""Keeps its rows in a temporary file that is mapped into memory, and takes it away again.

task = "bifurcation"
verdict = "ACCEPTED"
"""

import tempfile

import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    if n_keep * len(r) == 0:
        return np.empty((n_keep, len(r)))
    with tempfile.TemporaryFile() as file:
        kept = np.memmap(file, dtype=np.float64, mode="w+", shape=(n_keep, len(r)))
        x = x0
        for _ in range(n_transient):
            x = r * x * (1 - x)
        for row in range(n_keep):
            x = r * x * (1 - x)
            kept[row] = x
        return np.array(kept)
