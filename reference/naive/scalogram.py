"""The scalogram as its definition reads: a loop over scales, each of them a product of spectra and an inverse transform.

Slow because every step reads and writes whole arrays of complex numbers, larger than the caches for a long signal: the
wavelet is computed, through half a dozen temporaries, for all frequencies, though it is zero for most of them; so is the
product; the inverse transform of n numbers goes through the memory several times; and `abs` takes a square root only for it
to be squared again.
"""

import numpy as np


def scalogram(signal: "float64[n]", scales: "float64[s]") -> "float64[s,n]":
    """Compute power[row] = |ifft(fft(signal) · ψ)|² with the Morlet wavelet ψ of each scale, for a periodic signal.

    At the angular frequency ω = 2π·fftfreq(n), the wavelet of scale s is ψ(ω) = π^(−1/4) √(2πs) exp(−(sω − 6)²/2) where
    ω > 0, else 0.

    Args:
        signal: the samples, n ≥ 1 of them.
        scales: of each row its scale in samples, at least 12/π; in any order.

    Returns:
        power, with power[row, t] how much of the wavelet of scales[row] the signal holds around sample t.
    """
    n = len(signal)
    spectrum = np.fft.fft(signal)
    omega = 2 * np.pi * np.fft.fftfreq(n)
    power = np.zeros((len(scales), n))
    for row, scale in enumerate(scales):
        wavelet = np.pi**-0.25 * np.sqrt(2 * np.pi * scale) * np.exp(-((scale * omega - 6) ** 2) / 2) * (omega > 0)
        power[row] = np.abs(np.fft.ifft(spectrum * wavelet)) ** 2
    return power
