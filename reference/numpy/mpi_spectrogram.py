"""The spectrogram in NumPy, the same in every process: batches of frames, through a window that slides over the signal."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

BATCH_NUMBERS = 1 << 18  # samples of the frames in a batch: 2 MiB


def mpi_spectrogram(signal, window, hop):
    """Compute power[k] = |rfft(signal[k·hop : k·hop + w] · window)|² for all frames k that lie within the signal."""
    w = len(window)
    if len(signal) < w:
        return np.zeros((0, w // 2 + 1))
    frames = sliding_window_view(signal, w)[::hop]
    power = np.empty((len(frames), w // 2 + 1))
    batch = max(1, BATCH_NUMBERS // w)
    for first in range(0, len(frames), batch):
        spectra = np.fft.rfft(frames[first : first + batch] * window)
        power[first : first + batch] = spectra.real**2 + spectra.imag**2
    return power
