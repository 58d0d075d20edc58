"""The answer that is expected, computed fast: a solution of the task, and so in no student's copy.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import math
from collections.abc import Callable

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import NDArray

CENTER = 6.0
"""A wavelet is greatest where sω is this."""
REACH = 12.0
"""|sω − 6| beyond which a wavelet is taken to be zero: it is exp(−72) = 5e-32 there, far below rounding."""


def filler(signal: NDArray[np.float64], scales: NDArray[np.float64], power: NDArray[np.float64]) -> Callable[[int], float]:
    """A function that writes a row of `power`, float64[s, n], and returns the greatest number in it."""
    spectrum = scipy.fft.rfft(signal)

    def fill(row: int) -> float:
        product = np.empty(len(signal), dtype=np.complex128)
        multiply_wavelet(spectrum, scales[row], product)
        return float(square(scipy.fft.ifft(product, overwrite_x=True), power[row]))

    return fill


@njit(cache=True, nogil=True)
def multiply_wavelet(spectrum: NDArray[np.complex128], scale: float, product: NDArray[np.complex128]) -> None:
    """Fill `product`, complex128[n], with spectrum · wavelet; `spectrum`, complex128[n//2 + 1], is the positive half."""
    n = len(product)
    step = 2.0 * math.pi / n
    end = min((n + 1) // 2, int((CENTER + REACH) / (scale * step)) + 2)
    factor = math.pi**-0.25 * math.sqrt(2.0 * math.pi * scale)
    product[:] = 0
    for k in range(1, end):
        distance = scale * (step * k) - CENTER
        product[k] = spectrum[k] * (factor * math.exp(-0.5 * distance * distance))


@njit(cache=True, nogil=True)
def square(numbers: NDArray[np.complex128], power: NDArray[np.float64]) -> float:
    """Write |numbers|² into `power`, and return the greatest."""
    greatest = 0.0
    for t in range(len(numbers)):
        value = numbers[t].real * numbers[t].real + numbers[t].imag * numbers[t].imag
        power[t] = value
        greatest = max(greatest, value)
    return greatest
