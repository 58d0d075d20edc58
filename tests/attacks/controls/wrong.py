"""The wrong control: it must be a WRONG_ANSWER after every attack.

task = "matmul"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def matmul(a, b):
    return np.zeros((a.shape[0], b.shape[1]))
