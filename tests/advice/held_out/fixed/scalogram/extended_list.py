import numpy as np


def scalogram(signal, scales):
    n = len(signal)
    half = slice(1, (n + 1) // 2)
    spectrum = np.fft.rfft(signal)[half]
    omega = 2 * np.pi * np.fft.rfftfreq(n)[half]
    power = np.empty((len(scales), n))
    for k, s in enumerate(scales):
        product = np.zeros(n, dtype=complex)
        product[half] = spectrum * np.exp(-((s * omega - 6) ** 2) / 2)
        w = np.fft.ifft(product)
        power[k] = 2 * np.sqrt(np.pi) * s * np.abs(w) ** 2
    return power
