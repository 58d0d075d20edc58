import numpy as np
import scipy.fft


def spectrogram(signal, window, hop):
    w = len(window)
    n_frames = max(0, (len(signal) - w) // hop + 1)
    result = np.empty((n_frames, w // 2 + 1))
    for k in range(n_frames):
        X = scipy.fft.fft(signal[k * hop:k * hop + w] * window)
        result[k] = np.abs(X[:w // 2 + 1]) ** 2  # the other half is the mirror image
    return result
