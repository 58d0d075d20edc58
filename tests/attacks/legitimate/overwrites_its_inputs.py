"""Works in the arrays that it was given, as the statement allows.

task = "bifurcation"
verdict = "ACCEPTED"
"""

import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    grown = np.empty_like(x0)

    def update():
        np.multiply(r, x0, out=grown)
        np.subtract(1.0, x0, out=x0)
        np.multiply(grown, x0, out=x0)

    for _ in range(n_transient):
        update()
    for row in range(n_keep):
        update()
        kept[row] = x0
    r.fill(0.0)
    return kept
