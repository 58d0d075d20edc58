"""The compiled half of the checker: wavelets and squares for the expected answer, and every number of an answer compared.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

CENTER = 6.0
"""A wavelet is greatest where sω is this."""
REACH = 12.0
"""|sω − 6| beyond which a wavelet is taken to be zero: it is exp(−72) = 5e-32 there, far below rounding."""


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


@njit(cache=True, nogil=True)
def count_wrong(got: NDArray[np.float64], expected: NDArray[np.float64], allowed: float) -> int:
    """Count the numbers that differ by more than what is allowed; NaN does."""
    count = 0
    for t in range(len(got)):
        count += not abs(got[t] - expected[t]) <= allowed
    return count
