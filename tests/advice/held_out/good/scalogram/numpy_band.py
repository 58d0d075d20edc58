"""NumPy alone: of each wavelet, the frequencies where it is not negligible."""
import numpy as np


def scalogram(signal, scales):
    n = len(signal)
    spectrum = np.fft.rfft(signal)
    step = 2 * np.pi / n
    power = np.empty((len(scales), n))
    product = np.zeros(n, dtype=complex)
    for row, scale in enumerate(scales):
        first = 1
        last = min((n - 1) // 2, int(14.5 / (scale * step)) + 1)
        band = slice(first, last + 1)
        distance = scale * step * np.arange(first, last + 1) - 6
        product[1:] = 0
        product[band] = spectrum[band] * np.exp(-0.5 * distance**2) * np.sqrt(2 * np.sqrt(np.pi) * scale)
        power[row] = np.abs(np.fft.ifft(product)) ** 2
    return power
