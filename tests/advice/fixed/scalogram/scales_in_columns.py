import numpy as np

OMEGA_0 = 6


def scalogram(signal, scales):
    n = len(signal)
    positive = slice(1, (n + 1) // 2)
    spectrum = np.fft.rfft(signal)[positive]
    omega = 2 * np.pi * np.fft.rfftfreq(n)[positive]
    power = np.empty((len(scales), n))
    product = np.zeros(n, dtype=complex)
    for row, s in enumerate(scales):
        product[positive] = spectrum * np.exp(-0.5 * (s * omega - OMEGA_0) ** 2)
        magnitude = np.abs(np.fft.ifft(product))
        power[row] = 2 * np.sqrt(np.pi) * s * magnitude**2
    return power
