"""Returns one row of shape (1, w//2 + 1) where there are many: broadcast, it would be compared with all of them.

covers = ["wrong dtype, shape, order, broadcastable scalars, empty list"]
task = "spectrogram"
verdict = "INVALID"
"""

import numpy as np


def spectrogram(signal, window, hop):
    n_frames = max(0, 1 + (len(signal) - len(window)) // hop)
    spectrum = np.fft.rfft(signal[: len(window)] * window, len(window))
    row = (spectrum.real**2 + spectrum.imag**2)[np.newaxis]
    return row if n_frames > 0 else np.zeros((0, len(window) // 2 + 1))
