"""The bifurcation map: two processes, started once for all calls, go through half of the orbits each."""
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import numpy as np
from numba import njit

PROCESSES = 2


@cache
def workers():
    return ProcessPoolExecutor(PROCESSES)


def bifurcation(r, x0, n_transient, n_keep):
    pool = workers()
    parts = zip(np.array_split(r, PROCESSES), np.array_split(x0, PROCESSES))
    waiting = [pool.submit(orbits, some_r, some_x, n_transient, n_keep) for some_r, some_x in parts]
    return np.hstack([one.result() for one in waiting])


@njit
def orbits(r, x, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    for k in range(len(r)):
        state, rate = x[k], r[k]
        for _ in range(n_transient):
            state = rate * state * (1 - state)
        for n in range(n_keep):
            state = rate * state * (1 - state)
            kept[n, k] = state
    return kept
