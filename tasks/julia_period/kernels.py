"""The compiled half of the checker: the answer that is expected, and the answers that honest rounding leaves open.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

EPSILON = 2.0**-52
RADIUS = 2.0
"""An orbit has left once |z| is more than this."""
HOPELESS = 1.0
"""Where the error bound is more than this, nothing can be said any more."""


@njit(cache=True, nogil=True)
def settle(
    x: NDArray[np.float64], y: NDArray[np.float64], c: complex, max_iter: int
) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
    """For all starts x[column] + i y[row]: z after `max_iter` updates, and how many of z₀ … z are inside before one is not.

    One that stays inside counts max_iter + 1; one that leaves with update k counts k, and its z means nothing.
    """
    settled = np.empty((len(y), len(x)), dtype=np.complex128)
    inside_for = np.empty((len(y), len(x)))
    for row in range(len(y)):
        for column in range(len(x)):
            z, count = complex(x[column], y[row]), 0
            while count < max_iter and _is_inside(z):
                z = _update(z, c)
                count += 1
            settled[row, column], inside_for[row, column] = z, count + _is_inside(z)
    return settled, inside_for


@njit(cache=True, nogil=True)
def find_periods(
    settled: NDArray[np.complex128], inside_for: NDArray[np.float64], c: complex, max_iter: int, max_period: int, tol: float
) -> tuple[NDArray[np.int32], int]:
    """The answer from what `settle` says, int32[h, w], and the updates that decide it."""
    periods = np.zeros(settled.shape, dtype=np.int32)
    updates = 0
    for row in range(settled.shape[0]):
        for column in range(settled.shape[1]):
            if inside_for[row, column] <= max_iter:
                updates += int(inside_for[row, column])
            else:
                periods[row, column], compared = _find_period(settled[row, column], c, max_period, tol)
                updates += max_iter + compared
    return periods, updates


@njit(cache=True)
def _find_period(settled: complex, c: complex, max_period: int, tol: float) -> tuple[int, int]:
    """The period of an orbit that starts at `settled`, and the updates after which it is decided."""
    z = settled
    for period in range(1, max_period + 1):
        z = _update(z, c)
        if not _is_inside(z):
            return max_period + 1, period
        distance = z - settled
        if distance.real * distance.real + distance.imag * distance.imag <= tol * tol:
            return period, period
    return max_period + 1, max_period


@njit(cache=True)
def _update(z: complex, c: complex) -> complex:
    """z² + c; Numba's complex product looks for NaN and is slower."""
    return complex(z.real * z.real - z.imag * z.imag + c.real, 2.0 * z.real * z.imag + c.imag)


@njit(cache=True)
def _is_inside(z: complex) -> bool:
    return z.real * z.real + z.imag * z.imag <= RADIUS * RADIUS


@njit(cache=True, nogil=True)
def are_possible(
    starts: NDArray[np.complex128], answers: NDArray[np.int32], c: complex, max_iter: int, max_period: int, tol: float
) -> NDArray[np.bool_]:
    """Say for each start whether honest rounding can give the answer that stands beside it."""
    possible = np.empty(len(starts), dtype=np.bool_)
    for index in range(len(starts)):
        answer = answers[index]
        possible[index] = (
            0 <= answer <= max_period + 1 and (possible_answers(starts[index], c, max_iter, max_period, tol)[answer])
        )
    return possible


@njit(cache=True)
def possible_answers(z: complex, c: complex, max_iter: int, max_period: int, tol: float) -> NDArray[np.bool_]:
    """Say of each answer from 0 to max_period + 1 whether honest rounding can give it for the start z; mostly of one only.

    Follows one orbit together with a bound on how far two honest computations of it can be apart. Where the bound is small
    enough, a question of the rule (is |z| > 2? is z back within tol?) has the same answer in all of them. Else it is left
    open: a computation may stop there, or go on.
    """
    # Sums and products of small whole numbers are exact in any order, so on such an orbit nothing is left open.
    exact = _is_whole(z) and _is_whole(c) and tol == math.floor(tol)
    possible = np.zeros(max_period + 2, dtype=np.bool_)
    error = 0.0
    settled, settled_error = z, error
    for count in range(max_iter + max_period + 1):
        period = count - max_iter
        may_leave, leaves = _compared(RADIUS, _size(z), 0.0 if exact else error + 8.0 * EPSILON)
        possible[0 if period <= 0 else max_period + 1] |= may_leave
        if leaves:
            return possible
        if error > HOPELESS:
            possible[max(period, 0) :] = True
            return possible
        if period == 0:
            settled, settled_error = z, error
        elif period > 0:
            distance = _size(z - settled)
            rounding = error + settled_error + 8.0 * EPSILON * (distance + tol)
            may_be_far, is_far = _compared(tol, distance, 0.0 if exact else rounding)
            possible[period] |= not is_far
            if not may_be_far:
                return possible
        error = _next_error(error, z)
        z = _update(z, c)
    possible[max_period + 1] = True
    return possible


@njit(cache=True)
def _compared(limit: float, value: float, margin: float) -> tuple[bool, bool]:
    """Say whether a value known up to a margin may be above a limit, and whether it must be."""
    return value > limit - margin, value > limit + margin


@njit(cache=True)
def _next_error(error: float, z: complex) -> float:
    """Move the bound on with an update, e ← 2|z| e + e² + 8 ε (|z|² + 1): what the square makes of it, and the rounding.

    For |c| ≤ 8 and any order of the operations: a complex product is off by √5 ε/2 |z|² at most (Brent, Percival and
    Zimmermann 2007), a sum by ε/2 of itself, and both computations are.
    """
    size = _size(z)
    return 2.0 * size * error + error * error + 8.0 * EPSILON * (size * size + 1.0)


@njit(cache=True)
def _size(z: complex) -> float:
    return math.sqrt(z.real * z.real + z.imag * z.imag)


@njit(cache=True)
def _is_whole(z: complex) -> bool:
    return z.real == math.floor(z.real) and z.imag == math.floor(z.imag)
