import numpy as np
import scipy.fft
from numba import njit


@njit
def multiply(spectrum, scale, out):
    """Spectrum times the Morlet wavelet at this scale; exp only where it is not 0 anyway."""
    n = len(spectrum)
    factor = np.pi ** -0.25 * np.sqrt(2 * np.pi * scale)
    step = 2 * np.pi * scale / n
    for k in range(n):
        d = step * k - 6
        if 0 < k < (n + 1) // 2 and -9 < d < 9:
            out[k] = spectrum[k] * (factor * np.exp(-0.5 * d * d))
        else:
            out[k] = 0


@njit
def absolute_squares(z, out):
    for k in range(len(z)):
        out[k] = z[k].real ** 2 + z[k].imag ** 2


def scalogram(signal, scales):
    n = len(signal)
    result = np.empty((len(scales), n))
    spectrum = scipy.fft.fft(signal)
    product = np.empty(n, dtype=complex)
    for i in range(len(scales)):
        multiply(spectrum, scales[i], product)
        absolute_squares(scipy.fft.ifft(product), result[i])
    return result
