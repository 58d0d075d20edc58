import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import as_strided


def spectrogram(signal, window, hop):
    w = len(window)
    n_frames = max(0, (len(signal) - w) // hop + 1)
    result = np.empty((n_frames, w // 2 + 1))
    step = signal.strides[0]
    frames = as_strided(signal, (n_frames, w), (hop * step, step), writeable=False)
    for k in range(0, n_frames, 64):
        X = scipy.fft.fft(frames[k:k + 64] * window, axis=1)
        result[k:k + 64] = np.abs(X[:, :w // 2 + 1]) ** 2  # the other half is the mirror image
    return result
