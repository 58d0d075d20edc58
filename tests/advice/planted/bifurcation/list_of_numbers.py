import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient):
        x = r * x * (1 - x)
    values = []
    for _ in range(n_keep):
        x = r * x * (1 - x)
        values.extend(x.tolist())
    return np.array(values).reshape(n_keep, len(r))
