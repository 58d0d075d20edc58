"""Scalogram: how much of a wavelet of every scale a signal holds around every sample.

Run this file to try the example; `grader check scalogram.py` tries many more, and says how fast it is.
"""

import numpy as np
from numpy.typing import NDArray

# Fourier transforms are to be had as numpy.fft and scipy.fft. Numba cannot compile calls of them: to compile
# your loops, put them into functions of their own: `from numba import njit` here, and `@njit` on the line above each `def`.


def scalogram(signal: NDArray[np.float64], scales: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute power[row] = |ifft(fft(signal) · ψ)|² with the Morlet wavelet ψ of each scale, for a periodic signal.

    At the angular frequency ω = 2π·fftfreq(n), the wavelet of scale s is ψ(ω) = π^(−1/4) √(2πs) exp(−(sω − 6)²/2) where
    ω > 0, else 0.

    Args:
        signal: the samples; shape (n,).
        scales: of each row its scale in samples, at least 12/π; shape (s,).

    Returns:
        power of shape (s, n): power[row, t] belongs to scales[row] and sample t.
    """
    raise NotImplementedError("write scalogram() here")


if __name__ == "__main__":
    answer = scalogram(np.array([0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0]), np.array([4.0, 4.5, 5.0]))
    np.testing.assert_allclose(answer[:, 0], [3.271728, 1.273061, 0.142475], atol=1e-6)
