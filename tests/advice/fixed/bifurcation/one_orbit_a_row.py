import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient):
        x = r * x * (1 - x)
    # one orbit in each column
    orbits = np.empty((n_keep, r.size))
    for n in range(n_keep):
        x = r * x * (1 - x)
        orbits[n] = x
    return orbits
