"""Shifted pictures in NumPy: `np.roll` shifts, and a sum of arrays adds, the same in every process.

Fast because both are loops in C. Short of the limit because every shifted picture is written to memory before it is added, and
the sums of all pixels are read and written again for each shift.
"""

import numpy as np


def shift(picture, amounts, axis):
    """Shift the picture cyclically by each of k amounts, and add the shifted pictures."""
    total = np.zeros(picture.shape, dtype=np.int32)
    for amount in amounts.tolist():
        total += np.roll(picture, amount, axis)
    return total
