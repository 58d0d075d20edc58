import numpy as np


def julia(x, y, c, max_iter):
    counts = np.full(len(y) * len(x), max_iter, dtype=np.int32)
    # neighbouring pixels differ in late digits, so 18 of them are better than 16
    z = (x + 1j * y[:, None]).ravel().astype(np.clongdouble)
    index = np.arange(z.size)
    for n in range(max_iter):
        stays = np.abs(z) <= 2
        counts[index[~stays]] = n
        z = z[stays]
        index = index[stays]
        z = z * z + c
    return counts.reshape(len(y), len(x))
