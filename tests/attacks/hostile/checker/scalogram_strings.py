"""Returns the right numbers as text, or as objects: a comparison that casts would take them, one that sums would not.

covers = ["wrong dtype, shape, order, broadcastable scalars, empty list"]
task = "scalogram"
verdict = "INVALID"
"""

import numpy as np


def scalogram(signal, scales):
    omega = 2 * np.pi * np.fft.fftfreq(len(signal))
    spectrum = np.fft.fft(signal)
    rows = []
    for s in scales:
        wavelet = np.pi**-0.25 * np.sqrt(2 * np.pi * s) * np.exp(-((s * omega - 6) ** 2) / 2) * (omega > 0)
        rows.append(np.abs(np.fft.ifft(spectrum * wavelet)) ** 2)
    power = np.array(rows).reshape(len(scales), len(signal))
    return power.astype(object if len(signal) % 2 else "U32")
