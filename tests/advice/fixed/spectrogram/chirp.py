"""Spectrogram with Bluestein's transform, so that prime lengths of the window are as fast as others."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

BATCH = 64


def spectrogram(signal, window, hop):
    w = len(window)
    half = w // 2 + 1
    if len(signal) < w:
        return np.zeros((0, half))
    k = np.arange(w)
    chirp = np.exp(-1j * np.pi * (k * k % (2 * w)) / w)
    size = 1 << (2 * w - 2).bit_length()
    kernel = np.zeros(size, dtype=complex)
    kernel[:w] = chirp.conj()
    kernel[size - w + 1:] = chirp[:0:-1].conj()
    kernel = np.fft.fft(kernel)

    frames = sliding_window_view(signal, w)[::hop]
    power = np.empty((len(frames), half))
    for k in range(0, len(frames), BATCH):
        product = np.fft.fft(frames[k:k + BATCH] * (window * chirp), size) * kernel
        spectra = np.fft.ifft(product)[:, :half]
        power[k:k + BATCH] = np.abs(spectra) ** 2  # the last chirp has size 1
    return power
