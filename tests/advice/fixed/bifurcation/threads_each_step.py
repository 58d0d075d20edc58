"""The bifurcation map: two threads make each update, every one for its part of the orbits."""
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

THREADS = 2


@njit(nogil=True)
def update(r, x):
    for k in range(len(x)):
        x[k] = r[k] * x[k] * (1 - x[k])


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    x = x0.copy()
    rates, states = np.array_split(r, THREADS), np.array_split(x, THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        for n in range(n_transient + n_keep):
            list(pool.map(update, rates, states))
            if n >= n_transient:
                kept[n - n_transient] = x
    return kept
