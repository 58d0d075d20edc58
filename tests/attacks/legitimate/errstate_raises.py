"""Lets NumPy raise on overflow, and prevents it by letting go of who has left.

task = "julia"
verdict = "ACCEPTED"
"""

import numpy as np

np.seterr(over="raise", invalid="raise", divide="raise")


def julia(x, y, c, max_iter):
    z = (x + 1j * y[:, None]).ravel()
    counts = np.zeros(z.size, np.int32)
    places = np.arange(z.size)
    with np.errstate(under="ignore"):
        for _ in range(max_iter):
            inside = z.real**2 + z.imag**2 <= 4
            z, places = z[inside], places[inside]
            counts[places] += 1
            z = z * z + c
    return counts.reshape(len(y), len(x))
