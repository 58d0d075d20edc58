import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def spectrogram(signal, window, hop):
    w = len(window)
    if len(signal) < w:
        return np.zeros((0, w // 2 + 1))
    frames = sliding_window_view(signal, w)[::hop]
    spectra = np.fft.rfft(frames * window)
    return np.abs(spectra) ** 2
