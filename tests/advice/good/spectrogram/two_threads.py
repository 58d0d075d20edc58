"""The spectrogram on two threads: NumPy lets go of the interpreter while it transforms a batch of frames."""
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

THREADS = 2
BATCH = 32


def spectrogram(signal, window, hop):
    w = len(window)
    n_frames = max(0, (len(signal) - w) // hop + 1)
    power = np.empty((n_frames, w // 2 + 1))
    if n_frames == 0:
        return power
    frames = sliding_window_view(signal, w)[::hop]
    half = (n_frames + 1) // 2

    def transform(first):
        for k in range(first, min(first + half, n_frames), BATCH):
            end = min(k + BATCH, first + half, n_frames)
            spectra = np.fft.rfft(frames[k:end] * window)
            power[k:end] = spectra.real**2 + spectra.imag**2

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(transform, (0, half)))
    return power
