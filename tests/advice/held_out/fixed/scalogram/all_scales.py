import numpy as np


def scalogram(signal, scales):
    n = len(signal)
    half = slice(1, (n + 1) // 2)
    spectrum = np.fft.rfft(signal)[half]
    omega = 2 * np.pi * np.fft.rfftfreq(n)[half]
    power = np.empty((len(scales), n))
    product = np.zeros(n, dtype=complex)
    for k, s in enumerate(scales):
        product[half] = spectrum * np.exp(-((s * omega - 6) ** 2) / 2)
        row = np.fft.ifft(product)
        power[k] = 2 * np.sqrt(np.pi) * s * np.abs(row) ** 2
    return power
