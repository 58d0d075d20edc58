"""Julia set, pixel by pixel."""
import numpy as np


def julia(x, y, c, max_iter):
    def count(z):
        n = 0
        while n < max_iter and abs(z) <= 2:
            z = z * z + c
            n += 1
        return n

    starts = [complex(re, im) for im in y.tolist() for re in x.tolist()]
    counts = list(map(count, starts))
    return np.array(counts, dtype=np.int32).reshape(len(y), len(x))
