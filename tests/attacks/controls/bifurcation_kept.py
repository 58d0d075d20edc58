"""Strips of orbits in an array that is kept from call to call: an attack's work, with the copy of the result in time.

task = "bifurcation"
verdict = "ACCEPTED"
"""

import numpy as np
from numba import njit


@njit(fastmath={"contract"})
def fill(kept, r, x0, n_transient):
    for left in range(0, len(r), 512):
        rate, x = r[left : left + 512], x0[left : left + 512].copy()
        for _ in range(n_transient // 4):
            for lane in range(len(x)):
                state = x[lane]
                for _ in range(4):
                    grown = rate[lane] * state
                    state = grown - grown * state
                x[lane] = state
        for _ in range(n_transient % 4):
            write_row(x, x, rate)
        for row in range(len(kept)):
            write_row(kept[row, left : left + 512], x, rate)
            x = kept[row, left : left + 512]


@njit(fastmath={"contract"})
def write_row(row, x, rate):
    for lane in range(len(row)):
        grown = rate[lane] * x[lane]
        row[lane] = grown - grown * x[lane]


KEPT = {}


def bifurcation(r, x0, n_transient, n_keep):
    if (n_keep, len(r)) not in KEPT:
        KEPT[n_keep, len(r)] = np.empty((n_keep, len(r)))
    fill(KEPT[n_keep, len(r)], r, x0, n_transient)
    return KEPT[n_keep, len(r)]
