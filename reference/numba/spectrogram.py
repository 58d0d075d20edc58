"""The spectrogram with SciPy and Numba: a library's transform between two compiled loops.

Fast because each compiled loop touches its numbers once: `weight` cuts and weights the frames without a view or a temporary,
`square` writes re² + im² straight into the result. Between them, `scipy.fft` transforms several frames side by side with
vector instructions, which `numpy.fft` does not. Numba cannot compile a call of `scipy.fft`, so the three are called from
Python, for a batch of frames at a time.
"""

import numpy as np
import scipy.fft
from numba import njit

BATCH_NUMBERS = 1 << 15  # samples of the frames in a batch: 256 KiB, so that it and its spectra fit a cache


def spectrogram(signal, window, hop):
    """Compute power[k] = |rfft(signal[k·hop : k·hop + w] · window)|² for all frames k that lie within the signal."""
    w = len(window)
    n_frames = max(0, 1 + (len(signal) - w) // hop)
    power = np.empty((n_frames, w // 2 + 1))
    batch = max(1, BATCH_NUMBERS // w)
    frames = np.empty((batch, w))
    for first in range(0, n_frames, batch):
        count = min(batch, n_frames - first)
        weight(signal[first * hop :], window, hop, frames[:count])
        square(scipy.fft.rfft(frames[:count]), power[first : first + count])
    return power


@njit
def weight(signal, window, hop, frames):
    """Fill `frames` with the first frames of the signal, each times the window."""
    for k in range(len(frames)):
        for j in range(len(window)):
            frames[k, j] = signal[k * hop + j] * window[j]


@njit
def square(spectra, power):
    """Write |spectra|² into `power`."""
    for k in range(spectra.shape[0]):
        for j in range(spectra.shape[1]):
            number = spectra[k, j]
            power[k, j] = number.real * number.real + number.imag * number.imag
