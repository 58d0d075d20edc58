"""Keeps what belongs together in frozen dataclasses with properties.

task = "spectrogram"
verdict = "ACCEPTED"
"""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Framing:
    """How a signal is cut."""

    length: int
    hop: int
    window: np.ndarray = field(repr=False)

    @property
    def columns(self) -> int:
        return self.length // 2 + 1

    def count(self, samples: int) -> int:
        return max(0, 1 + (samples - self.length) // self.hop)


@dataclass
class Transform:
    """One signal's frames."""

    framing: Framing
    signal: np.ndarray

    def power(self) -> np.ndarray:
        power = np.empty((self.framing.count(len(self.signal)), self.framing.columns))
        for frame in range(len(power)):
            start = frame * self.framing.hop
            spectrum = np.fft.rfft(self.signal[start : start + self.framing.length] * self.framing.window)
            power[frame] = spectrum.real**2 + spectrum.imag**2
        return power


def spectrogram(signal, window, hop):
    return Transform(Framing(len(window), hop, window), signal).power()
