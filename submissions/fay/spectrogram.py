import numpy as np
from scipy import signal as sig


def spectrogram(signal, window, hop):
    """Short-time Fourier transform of SciPy, with all of its extras switched off."""
    w = len(window)
    if len(signal) < w:
        return np.zeros((0, w // 2 + 1))
    _, _, Z = sig.stft(
        signal,
        window=window,
        nperseg=w,
        noverlap=w - hop,
        detrend=False,
        boundary=None,
        padded=False,
    )
    # SciPy divides by the sum of the window, undo that
    Z = Z.T * window.sum()
    return np.abs(Z) ** 2
