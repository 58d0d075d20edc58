"""The compiled half of the checker: the counts that honest rounding can give.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

EPSILON = 2.0**-52
RADIUS = 2.0
"""An orbit is counted while |z| is at most this."""


@njit(cache=True)
def possible_counts(starts: NDArray[np.complex128], c: complex, max_iter: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The least and the greatest count that honest rounding can give for each start; equal where rounding cannot matter."""
    least = np.empty(len(starts), dtype=np.int32)
    greatest = np.empty(len(starts), dtype=np.int32)
    for index in range(len(starts)):
        least[index], greatest[index] = _possible_counts(starts[index], c, max_iter)
    return least, greatest


@njit(cache=True)
def _possible_counts(z: complex, c: complex, max_iter: int) -> tuple[int, int]:
    """Follow one orbit together with a bound on how far two honest computations of it can be apart.

    The bound grows by e ← 2|z| e + e² + 8 ε (|z|² + 1): what the square makes of it, and the rounding of one update, whatever
    the order of its operations (|c| ≤ 8: a complex product is off by √5 ε/2 |z|² at most, Brent, Percival and Zimmermann
    2007; a sum by ε/2 of itself; both computations are). Where |z| comes closer to 2 than that, or than the rounding of
    |z| itself, a computation may stop there or go on to any later count.
    """
    # Sums and products of small whole numbers are exact in any order, so on such an orbit even |z| = 2 is decided.
    exact = _is_whole(z) and _is_whole(c)
    error = 0.0
    for count in range(max_iter):
        size = math.sqrt(z.real * z.real + z.imag * z.imag)
        if not exact and abs(size - RADIUS) <= error + 8.0 * EPSILON:
            return count, max_iter
        if size > RADIUS:
            return count, count
        error = 2.0 * size * error + error * error + 8.0 * EPSILON * (size * size + 1.0)
        z = z * z + c
    return max_iter, max_iter


@njit(cache=True)
def _is_whole(z: complex) -> bool:
    return z.real == math.floor(z.real) and z.imag == math.floor(z.imag)
