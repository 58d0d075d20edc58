"""Sets a handler for an alarm, and puts back what was there before.

task = "bifurcation"
verdict = "ACCEPTED"
"""

import signal

import numpy as np


def _late(number, frame):
    raise TimeoutError("this takes too long")


def bifurcation(r, x0, n_transient, n_keep):
    before = signal.signal(signal.SIGALRM, _late)
    signal.alarm(30)
    try:
        return orbits(r, x0, n_transient, n_keep)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def orbits(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient):
        x = r * x * (1 - x)
    kept = np.empty((n_keep, len(r)))
    for row in range(n_keep):
        x = r * x * (1 - x)
        kept[row] = x
    return kept
