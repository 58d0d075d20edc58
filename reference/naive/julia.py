"""The Julia set in plain Python: one pixel, one update at a time, exactly as the formula reads.

Slow because every `z * z + c` makes new complex objects and every operator is looked up while the program runs: that takes
some fifty times as long as the arithmetic.
"""

import numpy as np


def julia(x: "float64[w]", y: "float64[h]", c: complex, max_iter: int) -> "int32[h,w]":
    """Count, for each start z₀ = x + iy, the updates z ← z² + c made while |z| ≤ 2, at most max_iter.

    Args:
        x: the real parts of the starts, one a column; in any order.
        y: the imaginary parts of the starts, one a row; in any order.
        c: the constant that chooses the set.
        max_iter: the count at which a start is taken to stay forever, ≥ 0.

    Returns:
        counts, with counts[row, column] from 0 to max_iter the count of z₀ = x[column] + i y[row].
    """
    counts = np.zeros((len(y), len(x)), dtype=np.int32)
    for row, imaginary in enumerate(y):
        for column, real in enumerate(x):
            z = complex(real, imaginary)
            count = 0
            while count < max_iter and abs(z) <= 2:
                z = z * z + c
                count += 1
            counts[row, column] = count
    return counts
