import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient):
        x = r * x * (1 - x)
    values = np.empty((n_keep, len(r)))
    for row in range(n_keep):
        x = r * x * (1 - x)
        values[row] = x
    return values
