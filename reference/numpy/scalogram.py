"""The scalogram in NumPy: the rows of several scales at once, and only positive frequencies are ever touched.

Faster because a batch of short rows shares the cost of a call, because a real signal's spectrum is told by its positive half
(`rfft`), and because re² + im² needs no square root. Not by much for a long signal: there the time goes into inverse
transforms of n numbers, mostly zeros, and into arrays larger than the caches, which NumPy reads and writes once for each
operation.
"""

import numpy as np

BATCH_NUMBERS = 1 << 16  # complex numbers of the rows in a batch: 1 MiB


def scalogram(signal, scales):
    """Compute power[row] = |ifft(fft(signal) · ψ)|² with the Morlet wavelet ψ of each scale, for a periodic signal."""
    n = len(signal)
    positive = slice(1, (n + 1) // 2)  # 0 < ω < π
    spectrum = np.fft.rfft(signal)[positive]
    omega = 2 * np.pi * np.fft.rfftfreq(n)[positive]
    power = np.empty((len(scales), n))
    batch = max(1, BATCH_NUMBERS // n)
    for first in range(0, len(scales), batch):
        scale = scales[first : first + batch, np.newaxis]
        product = np.zeros((len(scale), n), dtype=np.complex128)
        product[:, positive] = spectrum * np.exp(-0.5 * (scale * omega - 6) ** 2) * np.sqrt(2 * np.sqrt(np.pi) * scale)
        rows = np.fft.ifft(product)
        power[first : first + batch] = rows.real**2 + rows.imag**2
    return power
