"""Julia set on four threads: the pixels do not depend on each other."""
from concurrent.futures import ThreadPoolExecutor

import numpy as np


def julia(x, y, c, max_iter):
    def count(z):
        n = 0
        while n < max_iter and abs(z) <= 2:
            z = z * z + c
            n += 1
        return n

    starts = [complex(re, im) for im in y.tolist() for re in x.tolist()]
    with ThreadPoolExecutor(max_workers=4) as pool:
        counts = list(pool.map(count, starts))
    return np.array(counts, dtype=np.int32).reshape(len(y), len(x))
