import numpy as np


def julia(x, y, c, max_iter):
    z = x[None, :] + 1j * y[:, None]
    counts = np.full(z.shape, max_iter, dtype=np.int32)
    active = np.ones(z.shape, dtype=bool)
    for n in range(max_iter):
        left = active & (np.abs(z) > 2)
        counts[left] = n
        active &= ~left
        if not active.any()
            break
        z[active] = z[active] ** 2 + c
    return counts
