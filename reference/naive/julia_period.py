"""Periods of Julia orbits in plain Python: one pixel, one update at a time, exactly as the rule reads.

Slow because every `z * z + c` makes new complex objects and every operator is looked up while the program runs: that takes
some fifty times as long as the arithmetic.
"""

import numpy as np


def julia_period(x: "float64[w]", y: "float64[h]", c: complex, max_iter: int, max_period: int, tol: float) -> "int32[h,w]":
    """Say, for each start z₀ = x + iy, whether its orbit under z ← z² + c leaves |z| ≤ 2, converges, or jumps in a cycle.

    Args:
        x: the real parts of the starts, one a column; in any order.
        y: the imaginary parts of the starts, one a row; in any order.
        c: the constant that chooses the set.
        max_iter: the updates an orbit is given to settle, ≥ 0.
        max_period: the longest period that is looked for, ≥ 1.
        tol: how close an orbit must come back, ≥ 0.

    Returns:
        periods, with periods[row, column] for z₀ = x[column] + i y[row]: 0 where z₀ or one of the first max_iter updates has
        |z| > 2; else the smallest p from 1 to max_period such that p further updates bring z back to within tol; max_period + 1
        where there is none, or where one of the further updates has |z| > 2 before a p is found.
    """
    periods = np.zeros((len(y), len(x)), dtype=np.int32)
    for row, imaginary in enumerate(y):
        for column, real in enumerate(x):
            z = complex(real, imaginary)
            count = 0
            while count < max_iter and abs(z) <= 2:
                z = z * z + c
                count += 1
            if abs(z) <= 2:
                periods[row, column] = period_from(z, c, max_period, tol)
    return periods


def period_from(settled, c, max_period, tol):
    """Count the updates after which an orbit is back at `settled`, within tol: max_period + 1 if it never is."""
    z = settled
    for period in range(1, max_period + 1):
        z = z * z + c
        if abs(z) > 2:
            break
        if abs(z - settled) <= tol:
            return period
    return max_period + 1
