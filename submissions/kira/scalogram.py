import numpy as np
import scipy.fft


def scalogram(signal, scales):
    n = len(signal)
    # a power of two is much faster: fill up with zeros
    size = 1
    while size < n:
        size *= 2
    spectrum = scipy.fft.fft(signal, size)
    omega = 2*np.pi*scipy.fft.fftfreq(size)

    result = np.empty((len(scales), n))
    for i, s in enumerate(scales):
        psi = np.pi**(-1/4)*np.sqrt(2*np.pi*s)*np.exp(-(s*omega - 6)**2/2)
        psi[omega <= 0] = 0
        w = scipy.fft.ifft(spectrum*psi)
        result[i] = abs(w[:n])**2
    return result
