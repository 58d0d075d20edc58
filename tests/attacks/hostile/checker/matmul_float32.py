"""Multiplies in float32, and the smallest matrices in float16, and returns float64.

covers = ["silent float32/float16"]
task = "matmul"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def matmul(a, b):
    low = np.float16 if a.size < 8 else np.float32
    return (a.astype(low).astype(np.float32) @ b.astype(low).astype(np.float32)).astype(np.float64)
