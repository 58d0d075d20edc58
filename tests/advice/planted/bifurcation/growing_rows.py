import numpy as np


def logistic(r, x):
    return r * x * (1.0 - x)


def bifurcation(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient):
        x = logistic(r, x)

    kept = np.empty((0, len(r)))
    for _ in range(n_keep):
        x = logistic(r, x)
        kept = np.concatenate([kept, x[np.newaxis]])
    return kept
