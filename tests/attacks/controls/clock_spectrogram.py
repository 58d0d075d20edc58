"""A few frames at a time, by NumPy: what the attacks on the clock do, without them.

task = "spectrogram"
verdict = "ACCEPTED"
"""

import numpy as np


ROOM = {}  # the arrays of the answers, by shape: a fresh one would cost as much as the work


def spectrogram(signal, window, hop):
    shape = max(0, 1 + (len(signal) - len(window)) // hop), len(window) // 2 + 1
    power = ROOM.setdefault(shape, np.empty(shape))
    for first in range(0, shape[0], 16):
        count = min(16, shape[0] - first)
        frames = np.lib.stride_tricks.sliding_window_view(signal[first * hop :], len(window))[::hop][:count] * window
        spectra = np.fft.rfft(frames)
        power[first : first + count] = spectra.real**2 + spectra.imag**2
    return power
