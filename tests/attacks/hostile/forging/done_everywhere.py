"""Writes the grader's own word for "done" on every descriptor, at import and in the call, and computes nothing.

covers = ["writing \"done\" on every descriptor"]
task = "matmul"
verdict = ["WRONG_ANSWER", "RUNTIME_ERROR"]
"""

import os
import struct

import numpy as np

READY, DONE = (struct.pack("<IB", 0, code) for code in (21, 22))


def say(word):
    for descriptor in range(256):
        try:
            os.write(descriptor, word)
        except OSError:
            pass


say(READY + DONE * 8)


def matmul(a, b):
    say(DONE * 8)
    return np.zeros((a.shape[0], b.shape[1]))
