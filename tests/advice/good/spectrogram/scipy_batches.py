import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

BATCH = 32  # frames: 256 KiB of samples


def spectrogram(signal, window, hop):
    w = len(window)
    n_frames = max(0, 1 + (len(signal) - w) // hop)
    power = np.empty((n_frames, w // 2 + 1))
    if n_frames == 0:
        return power
    frames = sliding_window_view(signal, w)[::hop]
    weighted = np.empty((BATCH, w))
    for first in range(0, n_frames, BATCH):
        some = frames[first:first + BATCH]
        np.multiply(some, window, out=weighted[:len(some)])
        magnitude = np.abs(scipy.fft.rfft(weighted[:len(some)]))
        np.multiply(magnitude, magnitude, out=power[first:first + BATCH])
    return power
