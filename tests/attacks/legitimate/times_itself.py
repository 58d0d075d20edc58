"""Prints how long its own parts take, as one does while one makes it faster.

task = "spectrogram"
verdict = "ACCEPTED"
"""

import time

import numpy as np


def spectrogram(signal, window, hop):
    start = time.perf_counter()
    n_frames = max(0, 1 + (len(signal) - len(window)) // hop)
    index = np.arange(len(window)) + hop * np.arange(n_frames)[:, None]
    frames = signal[index] * window
    cut = time.perf_counter()
    spectra = np.fft.rfft(frames, axis=1) if n_frames else np.zeros((0, len(window) // 2 + 1), complex)
    print(f"cutting {cut - start:.6f} s, transform {time.perf_counter() - cut:.6f} s, CPU {time.process_time():.3f} s")
    return spectra.real**2 + spectra.imag**2
