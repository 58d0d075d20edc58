"""Multiplies two halves of the digits in float32 and leaves out the product of the lower ones: about 10 digits are right.

covers = ["loosened accuracy hidden in the tolerance", "silent float32/float16"]
task = "matmul"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def matmul(a, b):
    a_high, b_high = a.astype(np.float32), b.astype(np.float32)
    a_low, b_low = (a - a_high).astype(np.float32), (b - b_high).astype(np.float32)
    high = a_high.astype(np.float64) @ b_high.astype(np.float64)
    return high + (a_high @ b_low + a_low @ b_high)
