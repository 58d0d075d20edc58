import numpy as np

OMEGA_0 = 6


def scalogram(signal, scales):
    n = len(signal)
    positive = slice(1, (n + 1) // 2)
    omega = 2 * np.pi * np.fft.rfftfreq(n)[positive]
    power = np.empty((len(scales), n))
    for row, s in enumerate(scales):
        spectrum = np.fft.rfft(signal)[positive]
        product = np.zeros(n, dtype=complex)
        product[positive] = spectrum * np.exp(-0.5 * (s * omega - OMEGA_0) ** 2)
        power[row] = 2 * np.sqrt(np.pi) * s * np.abs(np.fft.ifft(product)) ** 2
    return power
