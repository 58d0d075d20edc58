import numpy as np


def julia_period(x, y, c, max_iter, max_period, tol):
    z = (x + 1j * y[:, np.newaxis]).ravel()
    periods = np.zeros(z.size, dtype=np.int32)
    pixel = np.flatnonzero(np.abs(z) <= 2)
    z = z[pixel]
    for _ in range(max_iter):
        z = z * z + c
        inside = np.abs(z) <= 2
        z, pixel = z[inside], pixel[inside]

    periods[pixel] = compare(z, c, max_period, tol)
    return periods.reshape(len(y), len(x))


def compare(settled, c, max_period, tol):
    """The periods of orbits that did not leave."""
    periods = np.full(settled.size, max_period + 1, dtype=np.int32)
    pixel = np.arange(settled.size)
    z = settled
    for p in range(1, max_period + 1):
        z = z * z + c
        stays = np.abs(z) <= 2
        back = np.abs(z - settled) <= tol
        periods[pixel[stays & back]] = p
        undecided = stays & ~back
        z, settled, pixel = z[undecided], settled[undecided], pixel[undecided]
    return periods
