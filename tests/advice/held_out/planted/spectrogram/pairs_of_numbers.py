import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def spectrogram(signal, window, hop):
    w = len(window)
    if len(signal) < w:
        return np.zeros((0, w // 2 + 1))
    frames = sliding_window_view(signal, w)[::hop]
    power = np.empty((len(frames), w // 2 + 1))
    for k in range(0, len(frames), 16):
        spectra = np.fft.rfft(frames[k:k + 16] * window)
        pairs = spectra.view(float).reshape(len(spectra), -1, 2)  # real and imaginary parts
        power[k:k + 16] = (pairs**2).sum(axis=-1)
    return power
