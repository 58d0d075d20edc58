"""The compiled half of the checker: where orbits are, how far rounding takes them, and whether kept values follow each other.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
Columns are independent, so every function here takes some of them and leaves the cores to its caller.
"""

from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

Reals: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]

EPSILON = 2.0**-52
BAND_COLUMNS = 4096
"""Columns compared before the next ones: two rows of so many fit the second-level cache."""


# Where an orbit is, and how sure that is; `secret/kernels.py` has the same, faster


@njit(cache=True, nogil=True)
def start(r: Reals, x0: Reals, updates: int) -> tuple[Reals, Reals]:
    """The states after `updates` updates, and a bound on how far two honest computations of them can be apart.

    With an error e, and one update in floating point, |x' − y'| ≤ r e (|1 − 2x| + e) + what two roundings of the update add:
    6 ε r x where its operations round in proportion to r x, as in every order of r·x·(1 − x) and r·x − r·x·x, and 4 ε for
    those that go through coordinates shifted to the map's center. The bound never exceeds 1, the width of the range.
    """
    states, bounds = np.empty(len(x0)), np.empty(len(x0))
    for column in range(len(r)):
        x, e = x0[column], 0.0
        for _ in range(updates):
            e = min(r[column] * e * (abs(1.0 - 2.0 * x) + e) + 6.0 * EPSILON * r[column] * x + 4.0 * EPSILON, 1.0)
            x = r[column] * x * (1.0 - x)
        states[column], bounds[column] = x, e
    return states, bounds


@njit(cache=True, nogil=True)
def visits(r: Reals, state: Reals, n_keep: int, bins: int) -> Counts:
    """How often each column's next orbit points, `state` being the first of `n_keep`, fall into each bin: int64[k, bins]."""
    counts = np.zeros((len(r), bins), dtype=np.int64)
    for column in range(len(r)):
        x = state[column]
        for _ in range(n_keep):
            counts[column, _bin(x, bins)] += 1
            x = r[column] * x * (1.0 - x)
    return counts


@njit(cache=True, nogil=True)
def visits_of(kept: Reals, columns: NDArray[np.int64], bins: int) -> Counts:
    """How often the values of these columns of an answer fall into each bin: int64[k, bins]."""
    counts = np.zeros((len(columns), bins), dtype=np.int64)
    for row in range(len(kept)):
        for index in range(len(columns)):
            counts[index, _bin(kept[row, columns[index]], bins)] += 1
    return counts


@njit(cache=True)
def _bin(x: float, bins: int) -> int:
    return min(max(int(x * bins), 0), bins - 1)


# Whether kept values follow each other


@njit(cache=True, nogil=True)
def broken_links(r: Reals, kept: Reals, tolerance: float) -> Counts:
    """For each row but the first, in how many columns it is not the update of the row before it; NaN never is."""
    broken = np.zeros(max(len(kept) - 1, 0), dtype=np.int64)
    for left in range(0, len(r), BAND_COLUMNS):
        band = slice(left, left + BAND_COLUMNS)
        for row in range(len(broken)):
            broken[row] += _broken(r[band], kept[row, band], kept[row + 1, band], tolerance)
    return broken


@njit(cache=True)
def _broken(r: Reals, before: Reals, after: Reals, tolerance: float) -> int:
    holding = 0
    for column in range(len(r)):
        holding += abs(after[column] - r[column] * before[column] * (1.0 - before[column])) <= tolerance
    return len(r) - holding
