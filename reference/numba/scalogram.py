"""The scalogram with SciPy and Numba: a library's transform between two compiled loops.

Fast because the wavelet is computed only where it is not negligible, a band that gets narrower with the scale, and is
multiplied with the spectrum on the spot; because the square is taken in one pass; and because `scipy.fft.ifft` may overwrite
its input, so no new memory is asked for. What remains is the inverse transform: n complex numbers go through a memory that is
slower than the arithmetic, several times for every scale.
"""

import numpy as np
import scipy.fft
from numba import njit

REACH = 8.5  # beyond |sω − 6| of this, the wavelet is below 2⁻⁵² of its greatest value


def scalogram(signal, scales):
    """Compute power[row] = |ifft(fft(signal) · ψ)|² with the Morlet wavelet ψ of each scale, for a periodic signal."""
    spectrum = scipy.fft.rfft(signal)
    power = np.empty((len(scales), len(signal)))
    product = np.empty(len(signal), dtype=np.complex128)
    for row, scale in enumerate(scales):
        multiply(spectrum, scale, product)
        square(scipy.fft.ifft(product, overwrite_x=True), power[row])
    return power


@njit
def multiply(spectrum, scale, product):
    """Write spectrum · wavelet into `product`: zeros but for the wavelet's band."""
    n = len(product)
    step = 2 * np.pi / n
    first = max(1, int((6 - REACH) / (scale * step)))
    end = min((n + 1) // 2, int((6 + REACH) / (scale * step)) + 2)
    factor = np.sqrt(2 * np.sqrt(np.pi) * scale)  # π^(−1/4) √(2πs)
    product[:] = 0
    for k in range(first, end):
        distance = scale * (k * step) - 6
        product[k] = spectrum[k] * (factor * np.exp(-0.5 * distance * distance))


@njit
def square(numbers, power):
    """Write |numbers|² into `power`."""
    for t in range(len(numbers)):
        number = numbers[t]
        power[t] = number.real * number.real + number.imag * number.imag
