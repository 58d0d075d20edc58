"""Fills every array of the process but its own with NaN, so that a comparison of NaN with NaN might hold.

covers = ["gc scan for expected arrays (copying them, or NaN-poisoning them)"]
task = "matmul"
verdict = "WRONG_ANSWER"
"""

import gc

import numpy as np


def poison():
    seen = set()
    for holder in gc.get_objects():
        for array in [holder, *gc.get_referents(holder)]:
            if type(array) is np.ndarray and array.dtype.kind == "f" and id(array) not in seen:
                seen.add(id(array))
                try:
                    array.flags.writeable = True
                    array[...] = np.nan
                except ValueError:
                    pass


def matmul(a, b):
    poison()
    return np.full((a.shape[0], b.shape[1]), np.nan)
