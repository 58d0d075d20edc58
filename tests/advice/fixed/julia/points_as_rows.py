"""Each point is a column of two numbers, its real and its imaginary part."""
import numpy as np


def julia(x, y, c, max_iter):
    X, Y = np.meshgrid(x, y)
    z = np.stack([X.ravel(), Y.ravel()])
    counts = np.full(X.size, max_iter, dtype=np.int32)
    pixel = np.arange(X.size)
    for n in range(max_iter):
        inside = (z**2).sum(axis=0) <= 4
        counts[pixel[~inside]] = n
        pixel = pixel[inside]
        re, im = z[0, inside], z[1, inside]
        z = np.empty((2, len(pixel)))
        z[0] = re * re - im * im + c.real
        z[1] = 2 * re * im + c.imag
    return counts.reshape(X.shape)
