"""Each wavelet is computed where it is not negligible; the product's memory is used again."""
import numpy as np
import scipy.fft
from numba import njit

REACH = 8.0  # exp(-REACH**2 / 2) is 1e-14


@njit
def fill(product, spectrum, scale):
    n = len(product)
    product[:] = 0.0
    step = 2.0 * np.pi / n
    first = max(1, int((6.0 - REACH) / (scale * step)))
    last = min((n - 1) // 2, int((6.0 + REACH) / (scale * step)) + 1)
    size = np.sqrt(2.0 * np.sqrt(np.pi) * scale)
    for k in range(first, last + 1):
        distance = scale * step * k - 6.0
        product[k] = spectrum[k] * (size * np.exp(-0.5 * distance * distance))


@njit
def square(numbers, power):
    for t in range(len(numbers)):
        power[t] = numbers[t].real * numbers[t].real + numbers[t].imag * numbers[t].imag


def scalogram(signal, scales):
    spectrum = scipy.fft.rfft(signal)
    power = np.empty((len(scales), len(signal)))
    for row, scale in enumerate(scales):
        product = np.empty(len(signal), dtype=np.complex128)
        fill(product, spectrum, scale)
        square(scipy.fft.ifft(product, overwrite_x=True), power[row])
    return power
