"""Cuts every wavelet off where it is a thousandth of its top, and never looks at the frequencies beyond.

covers = ["loosened accuracy hidden in the tolerance"]
task = "scalogram"
verdict = "WRONG_ANSWER"
"""

import numpy as np

REACH = 3.7


def scalogram(signal, scales):
    n = len(signal)
    spectrum = np.fft.fft(signal)
    omega = 2 * np.pi / n
    power = np.empty((len(scales), n))
    for row, s in enumerate(scales):
        first, last = max(1, int((6 - REACH) / (s * omega))), min((n + 1) // 2, int((6 + REACH) / (s * omega)) + 1)
        k = np.arange(first, max(first, last))
        product = np.zeros(n, complex)
        product[k] = spectrum[k] * np.pi**-0.25 * np.sqrt(2 * np.pi * s) * np.exp(-((s * omega * k - 6) ** 2) / 2)
        power[row] = np.abs(np.fft.ifft(product)) ** 2
    return power
