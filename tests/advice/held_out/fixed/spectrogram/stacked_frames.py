import numpy as np


def spectrogram(signal, window, hop):
    w = len(window)
    starts = range(0, len(signal) - w + 1, hop)
    S = np.zeros((len(starts), w // 2 + 1))
    for k, start in enumerate(starts):
        X = np.fft.rfft(signal[start:start + w] * window)
        S[k] = np.abs(X) ** 2
    return S
