import numpy as np


def spectrogram(signal, window, hop):
    w = len(window)
    S = np.zeros((0, w // 2 + 1))
    for start in range(0, len(signal) - w + 1, hop):
        X = np.fft.rfft(signal[start:start + w] * window)
        S = np.vstack((S, np.abs(X) ** 2))
    return S
