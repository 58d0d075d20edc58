"""The matrix product in plain Python: three nested loops, exactly as the formula reads.

Slow because each of the n · m · k steps makes a new float object and looks up `*` and `+` at run time: about 50 ns for two
operations that the processor does in a fraction of one. It works on lists, since every `a[i, p]` on a NumPy array would wrap
the number in yet another object and take some eight times longer.
"""

import numpy as np


def matmul(a: "float64[n,k]", b: "float64[k,m]") -> "float64[n,m]":
    """Multiply two matrices: c[i, j] = Σₚ a[i, p] · b[p, j], the sum over p = 0 … k − 1.

    Args:
        a: the left matrix; n, k or m may be 0 or 1.
        b: the right matrix, with as many rows as `a` has columns.

    Returns:
        the product c: one row for each row of `a`, one column for each column of `b`; zeros where k = 0.
    """
    rows, columns = a.tolist(), b.T.tolist()
    c = np.zeros((len(rows), len(columns)))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            total = 0.0
            for left, right in zip(row, column, strict=True):
                total += left * right
            c[i, j] = total
    return c
