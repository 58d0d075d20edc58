import numpy as np


def scalogram(signal, scales):
    n = len(signal)
    half = slice(1, (n + 1) // 2)
    spectrum = np.fft.rfft(signal)[half]
    omega = 2 * np.pi * np.fft.rfftfreq(n)[half]
    s = scales[:, np.newaxis]
    products = np.zeros((len(scales), n), dtype=complex)
    products[:, half] = spectrum * np.exp(-((s * omega - 6) ** 2) / 2)
    rows = np.fft.ifft(products)
    return 2 * np.sqrt(np.pi) * s * np.abs(rows) ** 2
