"""Imports its plotting library at the top, sets a style, and has a function that draws.

task = "julia_period"
verdict = "ACCEPTED"
"""

import matplotlib.pyplot as plt
import numpy as np

plt.rcParams["figure.figsize"] = (6, 4)


def draw(periods):
    plt.imshow(periods, origin="lower")
    plt.xlabel("Re z")
    plt.ylabel("Im z")
    plt.show()


def julia_period(x, y, c, max_iter, max_period, tol):
    z = x + 1j * y[:, None]
    inside = np.abs(z) <= 2
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(max_iter):
            z = z * z + c
            inside &= np.abs(z) <= 2
        periods = np.where(inside, max_period + 1, 0).astype(np.int32)
        open_, settled = inside.copy(), z
        for period in range(1, max_period + 1):
            z = z * z + c
            open_ &= np.abs(z) <= 2
            back = open_ & (np.abs(z - settled) <= tol)
            periods[back] = period
            open_ &= ~back
    return periods
