import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    x, rest = x0.copy(), np.empty_like(x0)

    def update(into):
        np.subtract(1.0, x, out=rest)
        np.multiply(r, x, out=into)
        np.multiply(into, rest, out=into)

    for _ in range(n_transient):
        update(x)
    kept = np.empty((n_keep, len(r)))
    for row in kept:
        update(x)
        row[:] = x
    return kept
