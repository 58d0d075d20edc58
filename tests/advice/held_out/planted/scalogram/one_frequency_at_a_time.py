import math

import numpy as np
from numba import njit


@njit
def wavelet(s, w):
    return math.sqrt(2 * math.sqrt(math.pi) * s) * math.exp(-0.5 * (s * w - 6) ** 2)


def fill(product, spectrum, s, n):
    for k in range(1, (n + 1) // 2):
        product[k] = spectrum[k] * wavelet(s, 2 * np.pi * k / n)


def scalogram(signal, scales):
    n = len(signal)
    spectrum = np.fft.rfft(signal)
    power = np.empty((len(scales), n))
    product = np.zeros(n, dtype=complex)
    for row, s in enumerate(scales):
        fill(product, spectrum, s, n)
        power[row] = np.abs(np.fft.ifft(product)) ** 2
    return power
