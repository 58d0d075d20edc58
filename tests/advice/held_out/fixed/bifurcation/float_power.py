import numpy as np


def update(r, x):
    # r x (1 - x) = r x - r x^2
    return r * x - r * (x * x)


def bifurcation(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient):
        x = update(r, x)
    result = np.zeros((n_keep, len(r)))
    for i in range(n_keep):
        x = update(r, x)
        result[i] = x
    return result
