import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

BATCH = 64


def spectrogram(signal, window, hop):
    w = len(window)
    half = w // 2 + 1
    if len(signal) < w:
        return np.zeros((0, half))
    frames = sliding_window_view(signal, w)[::hop]
    power = np.empty((len(frames), half))
    for k in range(0, len(frames), BATCH):
        spectra = np.fft.fft(frames[k:k + BATCH] * window)
        power[k:k + BATCH] = np.abs(spectra[:, :half]) ** 2
    return power
