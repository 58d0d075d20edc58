"""The Julia set: pixels that have left are dropped, and those still inside are counted at their place."""
import numpy as np


def julia(x, y, c, max_iter):
    counts = np.zeros((len(y), len(x)), dtype=np.int32)
    rows, columns = np.divmod(np.arange(counts.size), max(len(x), 1))
    z = (x + 1j * y[:, np.newaxis]).ravel()
    for _ in range(max_iter):
        inside = z.real * z.real + z.imag * z.imag <= 4
        z, rows, columns = z[inside], rows[inside], columns[inside]
        np.add.at(counts, (rows, columns), 1)
        z = z * z + c
    return counts
