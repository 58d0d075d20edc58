"""Spectrogram: the power of every frame of a signal at every frequency.

Run this file to try the example; `grader check spectrogram.py` tries many more, and says how fast it is.
"""

import numpy as np
from numpy.typing import NDArray

# Fourier transforms are to be had as numpy.fft.rfft and scipy.fft.rfft. Numba cannot compile calls of them: to compile
# your loops, put them into functions of their own: `from numba import njit` here, and `@njit` on the line above each `def`.


def spectrogram(signal: NDArray[np.float64], window: NDArray[np.float64], hop: int) -> NDArray[np.float64]:
    """Compute power[k] = |rfft(signal[k·hop : k·hop + w] · window)|² for all frames k that lie within the signal.

    Args:
        signal: the samples; shape (n,).
        window: the weights of the samples of a frame; shape (w,).
        hop: the samples from the start of one frame to the start of the next, ≥ 1.

    Returns:
        power of shape (n_frames, w // 2 + 1), with n_frames = 1 + (n − w) // hop, and none where n < w.
    """
    raise NotImplementedError("write spectrogram() here")


if __name__ == "__main__":
    answer = spectrogram(np.array([1.0, 0.0, -1.0, 0.0, 2.0, 2.0, 2.0, 2.0, 1.0]), np.array([1.0, 2.0, 2.0, 1.0]), 2)
    np.testing.assert_allclose(answer, [[1, 9, 1], [25, 29, 1], [144, 8, 0]])
