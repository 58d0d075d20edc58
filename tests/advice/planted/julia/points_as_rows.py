"""Each point is a row of two numbers, its real and its imaginary part."""
import numpy as np


def julia(x, y, c, max_iter):
    X, Y = np.meshgrid(x, y)
    z = np.stack([X.ravel(), Y.ravel()], axis=1)
    counts = np.full(len(z), max_iter, dtype=np.int32)
    pixel = np.arange(len(z))
    for n in range(max_iter):
        inside = (z**2).sum(axis=1) <= 4
        counts[pixel[~inside]] = n
        pixel = pixel[inside]
        re, im = z[inside, 0], z[inside, 1]
        z = np.empty((len(pixel), 2))
        z[:, 0] = re * re - im * im + c.real
        z[:, 1] = 2 * re * im + c.imag
    return counts.reshape(X.shape)
