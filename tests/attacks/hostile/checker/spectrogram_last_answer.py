"""Computes the first call of each shape, and returns that array again for all later ones.

covers = ["returning last call's buffer", "cache by id, by address, by content, in `/dev/shm`, on disk"]
task = "spectrogram"
verdict = "WRONG_ANSWER"
"""

import numpy as np

ANSWERS = {}


def spectrogram(signal, window, hop):
    key = len(signal), len(window), hop
    if key not in ANSWERS:
        n_frames = max(0, 1 + (len(signal) - len(window)) // hop)
        frames = np.array([signal[i * hop : i * hop + len(window)] * window for i in range(n_frames)])
        spectra = np.fft.rfft(frames.reshape(n_frames, len(window)))
        ANSWERS[key] = spectra.real**2 + spectra.imag**2
    return ANSWERS[key]
