"""The compiled half of the checker: frames cut and squared for the expected answer, and every number of an answer compared.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray


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


@njit(cache=True, nogil=True)
def count_wrong(
    got: NDArray[np.float64], expected: NDArray[np.float64], tolerance: NDArray[np.float64], wrong: NDArray[np.int64]
) -> None:
    """Count in each row the numbers that differ by more than its tolerance; NaN does."""
    for row in range(got.shape[0]):
        allowed = tolerance[row]
        count = 0
        for column in range(got.shape[1]):
            count += not abs(got[row, column] - expected[row, column]) <= allowed
        wrong[row] = count
