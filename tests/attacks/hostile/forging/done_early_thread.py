"""Answers at once with an empty result, and lets a thread fill the grader's own output buffer later.

covers = ["\"done\" early, work later"]
task = "matmul"
verdict = "WRONG_ANSWER"
"""

import gc
import threading

import numpy as np


def buffers(shape):
    for holder in gc.get_objects():
        for array in [holder, *gc.get_referents(holder)] if isinstance(holder, (tuple, list, dict)) else [holder]:
            if type(array) is np.ndarray and array.shape == shape and not array.flags.owndata:
                yield array


def matmul(a, b):
    shape = (a.shape[0], b.shape[1])

    def later():
        answer = a @ b
        for array in buffers(shape):
            try:
                array[...] = answer
            except ValueError:
                pass

    threading.Timer(0.0005, later).start()
    return np.zeros(shape)
