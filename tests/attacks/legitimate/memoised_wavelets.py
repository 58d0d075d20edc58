"""Keeps the frequencies of each length that it has met in a table.

task = "scalogram"
verdict = "ACCEPTED"
"""

import functools

import numpy as np


@functools.lru_cache(maxsize=32)
def frequencies(n):
    return 2 * np.pi * np.fft.fftfreq(n)


def scalogram(signal, scales):
    omega = frequencies(len(signal))
    positive = omega[: (len(signal) + 1) // 2]
    spectrum = np.fft.fft(signal)
    power = np.empty((len(scales), len(signal)))
    for row, s in enumerate(scales.tolist()):
        product = np.zeros(len(signal), complex)
        wavelet = np.pi**-0.25 * np.sqrt(2 * np.pi * s) * np.exp(-((s * positive - 6) ** 2) / 2) * (positive > 0)
        product[: len(positive)] = spectrum[: len(positive)] * wavelet
        numbers = np.fft.ifft(product)
        power[row] = numbers.real**2 + numbers.imag**2
    return power
