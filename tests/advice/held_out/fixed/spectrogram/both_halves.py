import numpy as np
import scipy.fft


def spectrogram(signal, window, hop):
    w = len(window)
    n_frames = max(0, (len(signal) - w) // hop + 1)
    result = np.empty((n_frames, w // 2 + 1))
    for k in range(n_frames):
        X = scipy.fft.rfft(signal[k * hop:k * hop + w] * window)
        result[k] = np.abs(X) ** 2
    return result
