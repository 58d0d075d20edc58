"""Computes in single precision all the way, and hands the result out as if it were not.

covers = ["silent float32/float16"]
task = "scalogram"
verdict = "WRONG_ANSWER"
"""

import numpy as np
import scipy.fft


def scalogram(signal, scales):
    omega = (2 * np.pi * np.fft.fftfreq(len(signal))).astype(np.float32)
    spectrum = scipy.fft.fft(signal.astype(np.float32))
    power = np.empty((len(scales), len(signal)))
    for row, s in enumerate(scales.astype(np.float32)):
        factor = np.float32(np.pi**-0.25) * np.sqrt(np.float32(2 * np.pi) * s)
        wavelet = factor * np.exp(-((s * omega - np.float32(6)) ** 2) / np.float32(2)) * (omega > 0)
        numbers = scipy.fft.ifft((spectrum * wavelet).astype(np.complex64))
        power[row] = numbers.real**2 + numbers.imag**2
    return power
