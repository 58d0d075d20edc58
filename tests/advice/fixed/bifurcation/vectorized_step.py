import numpy as np


def step(r, x):
    """One update of the logistic map."""
    return r * x * (1 - x)


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, r.size))
    x = x0
    for n in range(n_transient + n_keep):
        x = step(r, x)
        if n >= n_transient:
            kept[n - n_transient] = x
    return kept
