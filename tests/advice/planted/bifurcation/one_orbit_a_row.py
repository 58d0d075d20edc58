import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    x = x0
    for _ in range(n_transient):
        x = r * x * (1 - x)
    # one orbit in each row, as I plot them
    orbits = np.empty((r.size, n_keep))
    for n in range(n_keep):
        x = r * x * (1 - x)
        orbits[:, n] = x
    return orbits.T
