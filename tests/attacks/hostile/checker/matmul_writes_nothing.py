"""Returns a view of the very buffer that the answer is to be stored in, as it was left by whoever had it before.

covers = ["returning uninitialised memory", "returning last call's buffer"]
task = "matmul"
verdict = "WRONG_ANSWER"
"""

import gc

import numpy as np


def matmul(a, b):
    shape = a.shape[0], b.shape[1]
    for found in gc.get_objects():
        for one in found if isinstance(found, tuple) else (found,):
            if isinstance(one, np.ndarray) and one.shape == shape and one is not a and one is not b and one.size:
                print("found a buffer", one.ravel()[:2])
                return one
    return np.empty(shape)
