"""Tabulates at import which starts leave for every c near one of many, and computes only the others in a call.

covers = ["tables of answers", "all work at import, at build, in warm-up"]
task = "julia_period"
verdict = "ACCEPTED"
honest = "numba"
"""

import cmath
import math

import numpy as np
from numba import njit

ATTRACTION = 0.785, 0.795  # what earlier calls had: c in a ring of the period-3 bulb, half of them mirrored
TURN = 1.6, 2 * math.pi - 1.6
NODES = 100
CELLS = 512  # from −2 to 2, for the real part; the upper half of them for the imaginary one, since z and −z are alike
WIDTH = 4.0 / CELLS


@njit
def period_of(re, im, c_re, c_im, max_iter, max_period, tol):
    for updates in range(max_iter + 1):
        re2, im2 = re * re, im * im
        if re2 + im2 > 4.0:
            return 0
        if updates < max_iter:
            im = 2.0 * re * im + c_im
            re = re2 - im2 + c_re
    s_re, s_im = re, im
    for period in range(1, max_period + 1):
        re, im = re * re - im * im + c_re, 2.0 * re * im + c_im
        if re * re + im * im > 4.0:
            return max_period + 1
        if (re - s_re) ** 2 + (im - s_im) ** 2 <= tol * tol:
            return period
    return max_period + 1


@njit
def surely_leaves(re, im, c, error, move):
    """Whether everything within `error` of the start leaves, for every c within `move`."""
    for _ in range(60):
        size = math.sqrt(re * re + im * im)
        if size - error > 2.0:
            return True
        error = 2.0 * size * error + error * error + move
        if error > 1.0:
            return False
        re, im = re * re - im * im + c.real, 2.0 * re * im + c.imag
    return False


@njit
def build(nodes, move):
    table = np.empty((len(nodes), CELLS // 2, CELLS), np.bool_)
    for node in range(len(nodes)):
        for row in range(CELLS // 2):
            for column in range(CELLS):
                re, im = (column + 0.5) * WIDTH - 2.0, (row + 0.5) * WIDTH
                table[node, row, column] = surely_leaves(re, im, nodes[node], 0.7072 * WIDTH, move)
    return table


@njit
def answer_from(leaves, x, y, c, max_iter, max_period, tol):
    found = np.zeros((len(y), len(x)), np.int32)
    for row in range(len(y)):
        im = y[row] if c.imag > 0 else -y[row]
        line = np.int64(math.floor(abs(im) / WIDTH))
        for column in range(len(x)):
            cell = np.int64(math.floor(((-x[column] if im < 0 else x[column]) + 2.0) / WIDTH))
            if not (0 <= cell < CELLS and line < CELLS // 2 and leaves[line, cell]):
                found[row, column] = period_of(x[column], y[row], c.real, c.imag, max_iter, max_period, tol)
    return found


def c_of(attraction, angle):
    rest = 1 - cmath.rect(attraction, angle) / 8
    return max(np.roots([1, 2, rest, rest**2]), key=lambda c: c.imag)


SPACING = (TURN[1] - TURN[0]) / NODES
MIDDLE = sum(ATTRACTION) / 2
C = np.array([c_of(MIDDLE, TURN[0] + (node + 0.5) * SPACING) for node in range(NODES)])
MOVE = max(
    abs(c_of(attraction, angle + side * SPACING / 2) - c_of(MIDDLE, angle))
    for angle in np.linspace(*TURN, 50)
    for side in (-1, 1)
    for attraction in ATTRACTION
)
TABLE = build(C, MOVE)
NOTHING = np.zeros((CELLS // 2, CELLS), np.bool_)
print("in the table:", TABLE.mean())


def julia_period(x, y, c, max_iter, max_period, tol):
    upper = complex(c.real, abs(c.imag))
    node = np.argmin(abs(C - upper))
    usable = max_iter >= 60 and abs(C[node] - upper) <= MOVE
    return answer_from(TABLE[node] if usable else NOTHING, x, y, c, max_iter, max_period, tol)
