"""Orbits followed to where they have settled, fast: most of a solution of the task, and so in no student's copy.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

RADIUS = 2.0
"""An orbit has left once |z| is more than this."""
LANES = 16
"""Pixels that step together, so that the compiler can use vector instructions."""
STEPS = 8
"""Updates between two looks at whether any of them is still inside."""


@njit(cache=True, nogil=True)
def settle(
    x: NDArray[np.float64], y: NDArray[np.float64], c: complex, max_iter: int
) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
    """For all starts x[column] + i y[row]: z after `max_iter` updates, and how many of z₀ … z are inside before one is not.

    One that stays inside counts max_iter + 1; one that leaves with update k counts k, and its z means nothing.
    """
    settled = np.empty((len(y), len(x)), dtype=np.complex128)
    inside_for = np.empty((len(y), len(x)))
    re, im, inside = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    for row in range(len(y)):
        for left in range(0, len(x), LANES):
            for lane in range(LANES):
                re[lane] = x[min(left + lane, len(x) - 1)]
                im[lane] = y[row]
                inside[lane] = 0.0
            _settle(re, im, inside, c, max_iter)
            for lane in range(min(LANES, len(x) - left)):
                settled[row, left + lane] = complex(re[lane], im[lane])
                inside_for[row, left + lane] = inside[lane]
    return settled, inside_for


@njit(cache=True)
def _settle(
    re: NDArray[np.float64], im: NDArray[np.float64], inside_for: NDArray[np.float64], c: complex, max_iter: int
) -> None:
    """Replace each z by its value after `max_iter` updates, and count how many of z₀ … z are inside before one is not.

    A lane that stays inside counts max_iter + 1; one that leaves with update k counts k.
    """
    done = 0
    inside = LANES
    while max_iter - done >= STEPS and inside > 0:
        _advance(re, im, inside_for, float(done), c)
        done += STEPS
        inside = 0
        for lane in range(LANES):
            inside += inside_for[lane] == done
    if inside == 0:
        return
    for lane in range(LANES):
        a, b = re[lane], im[lane]
        for _ in range(done, max_iter):
            if not (inside_for[lane] >= done and a * a + b * b <= RADIUS * RADIUS):
                break
            inside_for[lane] += 1.0
            a, b = a * a - b * b + c.real, 2.0 * a * b + c.imag
        if inside_for[lane] == max_iter and a * a + b * b <= RADIUS * RADIUS:
            inside_for[lane] += 1.0
        re[lane], im[lane] = a, b


@njit(cache=True)
def _advance(
    re: NDArray[np.float64], im: NDArray[np.float64], inside_for: NDArray[np.float64], done: float, c: complex
) -> None:
    """Make `STEPS` updates in all lanes, and count them while a lane that was inside for all `done` so far stays inside."""
    for lane in range(LANES):
        a, b, n = re[lane], im[lane], inside_for[lane]
        inside = n == done
        for _ in range(STEPS):
            a2, b2 = a * a, b * b
            inside &= a2 + b2 <= RADIUS * RADIUS
            n = n + 1.0 if inside else n
            b = 2.0 * a * b + c.imag
            a = a2 - b2 + c.real
        re[lane], im[lane], inside_for[lane] = a, b, n
