"""Remembers answers by the identity of their arguments, which are the same objects in every call.

covers = ["cache by id, by address, by content, in `/dev/shm`, on disk"]
task = "bifurcation"
verdict = "WRONG_ANSWER"
"""

import numpy as np

ANSWERS = {}


def cached(function):
    def call(r, x0, n_transient, n_keep):
        key = id(r), id(x0), n_transient, n_keep, len(r)
        if key not in ANSWERS:
            ANSWERS[key] = function(r, x0, n_transient, n_keep)
        return ANSWERS[key]

    return call


@cached
def bifurcation(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient):
        x = r * x * (1 - x)
    kept = np.empty((n_keep, len(r)))
    for row in range(n_keep):
        x = r * x * (1 - x)
        kept[row] = x
    return kept
