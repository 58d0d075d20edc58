import numpy as np

OMEGA_0 = 6


def scalogram(signal, scales):
    n = len(signal)
    positive = slice(1, (n + 1) // 2)
    spectrum = np.fft.rfft(signal)[positive]
    omega = 2 * np.pi * np.fft.rfftfreq(n)[positive]
    power = np.zeros((0, n))
    for s in scales:
        product = np.zeros(n, dtype=complex)
        product[positive] = spectrum * np.exp(-0.5 * (s * omega - OMEGA_0) ** 2)
        row = 2 * np.sqrt(np.pi) * s * np.abs(np.fft.ifft(product)) ** 2
        power = np.vstack([power, row])
    return power
