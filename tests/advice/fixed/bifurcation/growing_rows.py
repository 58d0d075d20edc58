import numpy as np


def logistic(r, x):
    return r * x * (1.0 - x)


def bifurcation(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient):
        x = logistic(r, x)

    kept = np.empty((n_keep, len(r)))
    for row in range(n_keep):
        x = logistic(r, x)
        kept[row] = x
    return kept
