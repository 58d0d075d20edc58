import numpy as np


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    x = x0.copy()
    for n in range(n_transient + n_keep):
        x = r * x * (1 - x)
        print(f"step {n}: {x.sum():.6f} together")
        if n >= n_transient:
            kept[n - n_transient] = x
    return kept
