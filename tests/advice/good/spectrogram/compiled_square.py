import numpy as np
import scipy.fft
from numba import njit

BATCH = 16


@njit
def square(spectra, power):
    for k in range(spectra.shape[0]):
        for m in range(spectra.shape[1]):
            re, im = spectra[k, m].real, spectra[k, m].imag
            power[k, m] = re * re + im * im


@njit
def weighted_frames(signal, window, hop, first, frames):
    for k in range(len(frames)):
        start = (first + k) * hop
        for j in range(len(window)):
            frames[k, j] = signal[start + j] * window[j]


def spectrogram(signal, window, hop):
    w = len(window)
    n_frames = max(0, 1 + (len(signal) - w) // hop)
    power = np.empty((n_frames, w // 2 + 1))
    frames = np.empty((BATCH, w))
    for first in range(0, n_frames, BATCH):
        some = frames[:min(BATCH, n_frames - first)]
        weighted_frames(signal, window, hop, first, some)
        square(scipy.fft.rfft(some), power[first:first + BATCH])
    return power
