"""Writes the formula with the letters of the statement: ω, ψ, σ and Ŵ.

task = "scalogram"
verdict = "ACCEPTED"
"""

import numpy as np

π = np.pi
ω0 = 6.0


def ψ̂(ω, s):
    return π**-0.25 * np.sqrt(2 * π * s) * np.exp(-((s * ω - ω0) ** 2) / 2) * (ω > 0)


def scalogram(signal, scales):
    ω = 2 * π * np.fft.fftfreq(len(signal))
    Ŵ = np.fft.fft(signal)
    größe = np.empty((len(scales), len(signal)))
    for zeile, s in enumerate(scales.tolist()):
        größe[zeile] = np.abs(np.fft.ifft(Ŵ * ψ̂(ω, s))) ** 2
    return größe
