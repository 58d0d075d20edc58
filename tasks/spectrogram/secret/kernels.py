"""The answer that is expected, computed fast: a solution of the task, and so in no student's copy.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import NDArray

BATCH_SAMPLES = 1 << 15
"""Samples of the frames that are transformed at a time: they and their spectra fit a cache."""


def fill_power(
    signal: NDArray[np.float64],
    window: NDArray[np.float64],
    hop: int,
    power: NDArray[np.float64],
    greatest: NDArray[np.float64],
) -> None:
    """Write the first frames' power into `power`, float64[count, bins], and the greatest of each into `greatest`."""
    batch = max(1, BATCH_SAMPLES // len(window))
    frames = np.empty((batch, len(window)))
    for first in range(0, len(power), batch):
        rows = slice(first, min(first + batch, len(power)))
        cut = frames[: rows.stop - rows.start]
        cut_frames(signal[first * hop :], window, hop, cut)
        square(scipy.fft.rfft(cut), power[rows], greatest[rows])


@njit(cache=True, nogil=True)
def cut_frames(signal: NDArray[np.float64], window: NDArray[np.float64], hop: int, frames: NDArray[np.float64]) -> None:
    """Fill `frames`, float64[count, w], with the first frames of the signal, each times the window."""
    for frame in range(frames.shape[0]):
        start = frame * hop
        for sample in range(frames.shape[1]):
            frames[frame, sample] = signal[start + sample] * window[sample]


@njit(cache=True, nogil=True)
def square(spectra: NDArray[np.complex128], power: NDArray[np.float64], greatest: NDArray[np.float64]) -> None:
    """Write |spectra|² into `power`, float64[count, bins], and the greatest of each frame into `greatest`, float64[count]."""
    for frame in range(spectra.shape[0]):
        most = 0.0
        for k in range(spectra.shape[1]):
            number = spectra[frame, k]
            value = number.real * number.real + number.imag * number.imag
            power[frame, k] = value
            most = max(most, value)
        greatest[frame] = most
