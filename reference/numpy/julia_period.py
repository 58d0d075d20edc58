"""Periods of Julia orbits in NumPy: all pixels take a step together, and those that are decided are dropped from the arrays.

Fast because the loops over pixels run in C, and because the arrays shrink: most pixels leave within a few steps, and a mask
over the whole image would go on touching them to the end. Short of compiled loops because each of the small operations reads
and writes whole arrays, larger than the caches, for one or two flops a number.
"""

import numpy as np


def julia_period(x, y, c, max_iter, max_period, tol):
    """Say for each start z₀ = x + iy: 0 where its orbit leaves, p where p updates bring it back, else max_period + 1."""
    periods = np.zeros(len(y) * len(x), dtype=np.int32)
    z = (x + 1j * y[:, np.newaxis]).ravel()
    pixel = np.arange(z.size)  # where in the image each number that is still undecided belongs
    z, pixel = keep(np.abs(z) <= 2, z, pixel)
    for _ in range(max_iter):
        z = z * z + c
        z, pixel = keep(np.abs(z) <= 2, z, pixel)

    periods[pixel] = max_period + 1
    settled = z
    for period in range(1, max_period + 1):
        z = z * z + c
        inside = np.abs(z) <= 2
        back = np.abs(z - settled) <= tol
        periods[pixel[inside & back]] = period
        z, settled, pixel = keep(inside & ~back, z, settled, pixel)
    return periods.reshape(len(y), len(x))


def keep(chosen, *arrays):
    """Drop what is not chosen from each array."""
    return tuple(array[chosen] for array in arrays)
