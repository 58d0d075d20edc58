"""A few frames at a time, by NumPy: what the attacks on the clock do, without them.

task = "spectrogram"
verdict = "ACCEPTED"
"""

import numpy as np


def spectrogram(signal, window, hop):
    n_frames = max(0, 1 + (len(signal) - len(window)) // hop)
    power = np.empty((n_frames, len(window) // 2 + 1))
    for first in range(0, n_frames, 16):
        count = min(16, n_frames - first)
        frames = np.lib.stride_tricks.sliding_window_view(signal[first * hop :], len(window))[::hop][:count] * window
        spectra = np.fft.rfft(frames)
        power[first : first + count] = spectra.real**2 + spectra.imag**2
    return power
