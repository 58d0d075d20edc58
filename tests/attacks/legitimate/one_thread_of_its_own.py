"""Hands the work to a pool of one thread, the budget, and waits for it.

task = "bifurcation"
verdict = "ACCEPTED"
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

POOL = ThreadPoolExecutor(max_workers=1)


def bifurcation(r, x0, n_transient, n_keep):
    return POOL.submit(orbits, r, x0, n_transient, n_keep).result()


def orbits(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient):
        x = r * x * (1 - x)
    kept = np.empty((n_keep, len(r)))
    for row in range(n_keep):
        x = r * x * (1 - x)
        kept[row] = x
    return kept
