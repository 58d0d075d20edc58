"""The Julia set on two threads: compiled code that lets go of the interpreter, every second row each."""
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

THREADS = 2


def julia(x, y, c, max_iter):
    counts = np.empty((len(y), len(x)), dtype=np.int32)
    with ThreadPoolExecutor(THREADS) as pool:
        waiting = [pool.submit(fill, counts[k::THREADS], x, y[k::THREADS], c.real, c.imag, max_iter) for k in range(THREADS)]
        for one in waiting:
            one.result()
    return counts


@njit(nogil=True)
def fill(counts, x, y, c_re, c_im, max_iter):
    for row in range(len(y)):
        for column in range(len(x)):
            re, im, n = x[column], y[row], 0
            re2, im2 = re * re, im * im
            while n < max_iter and re2 + im2 <= 4.0:
                im = 2.0 * re * im + c_im
                re = re2 - im2 + c_re
                re2, im2 = re * re, im * im
                n += 1
            counts[row, column] = n
