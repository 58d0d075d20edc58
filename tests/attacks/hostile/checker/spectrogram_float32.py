"""Computes in single precision all the way, and hands the result out as if it were not.

covers = ["silent float32/float16"]
task = "spectrogram"
verdict = "WRONG_ANSWER"
"""

import numpy as np
import scipy.fft


def spectrogram(signal, window, hop):
    n_frames = max(0, 1 + (len(signal) - len(window)) // hop)
    signal, window = signal.astype(np.float32), window.astype(np.float32)
    frames = np.array([signal[i * hop : i * hop + len(window)] * window for i in range(n_frames)], np.float32)
    spectra = scipy.fft.rfft(frames.reshape(n_frames, len(window)))
    return (spectra.real**2 + spectra.imag**2).astype(np.float64)
