import cmath

import numpy as np


def fourier(samples):
    """The discrete Fourier transform, as on the blackboard: X[k] = sum over n of x[n] exp(-2 pi i k n / N)."""
    N = len(samples)
    X = []
    for k in range(N):
        total = 0
        for n in range(N):
            total += samples[n] * cmath.exp(-2j * cmath.pi * k * n / N)
        X.append(total)
    return X


def spectrogram(signal, window, hop):
    signal = signal.tolist()
    window = window.tolist()
    w = len(window)
    half = w // 2 + 1

    rows = []
    for start in range(0, len(signal) - w + 1, hop):
        frame = [s * weight for s, weight in zip(signal[start:start + w], window)]
        # the second half is the mirror image of the first for a real signal
        spectrum = fourier(frame)[:half]
        rows.append([abs(X) ** 2 for X in spectrum])
    return np.array(rows).reshape(len(rows), half)
