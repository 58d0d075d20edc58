# Jonas, labs 1, 4 and 4b - all in one file
import numpy as np
from numpy.fft import fft, fftfreq, ifft, rfft


# ---------------------------------------------------------------- lab 1: bifurcation map

def bifurcation(r, x0, n_transient, n_keep):
    result = np.empty((n_keep, len(r)))
    x = x0.copy()
    tmp = np.empty_like(x)
    for n in range(n_transient + n_keep):
        # in place, without new arrays
        np.subtract(1, x, out=tmp)
        x *= r
        x *= tmp
        if n >= n_transient:
            result[n - n_transient] = x
    return result


# ---------------------------------------------------------------- lab 4: spectrogram

def power(z):
    return z.real ** 2 + z.imag ** 2


def spectrogram(signal, window, hop):
    w = len(window)
    starts = np.arange(0, len(signal) - w + 1, hop)
    frames = signal[starts[:, None] + np.arange(w)]
    return power(rfft(frames * window, axis=1))


# ---------------------------------------------------------------- lab 4b: wavelets

def morlet_hat(s, omega):
    return np.pi ** -0.25 * np.sqrt(2 * np.pi * s) * np.exp(-(s * omega - 6) ** 2 / 2) * (omega > 0)


def scalogram(signal, scales):
    omega = 2 * np.pi * fftfreq(len(signal))
    spectrum = fft(signal)
    return np.array([power(ifft(spectrum * morlet_hat(s, omega))) for s in scales]).reshape(len(scales), len(signal))
