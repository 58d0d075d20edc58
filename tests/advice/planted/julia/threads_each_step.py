"""The Julia set: 24 threads make each update, every one in its rows of the image."""
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

THREADS = 24


@njit(nogil=True)
def update(z, counts, c):
    for k in range(len(z)):
        if z[k].real * z[k].real + z[k].imag * z[k].imag <= 4:
            z[k] = z[k] * z[k] + c
            counts[k] += 1


def julia(x, y, c, max_iter):
    z = (x + 1j * y[:, np.newaxis]).ravel()
    counts = np.zeros(z.size, dtype=np.int32)
    parts, counted = np.array_split(z, THREADS), np.array_split(counts, THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(max_iter):
            list(pool.map(update, parts, counted, [c] * THREADS))
    return counts.reshape(len(y), len(x))
