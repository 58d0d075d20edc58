"""Continuous wavelet transform with Morlet wavelets (omega_0 = 6), computed in Fourier space.

Reference: C. Torrence, G. Compo, A practical guide to wavelet analysis, 1998.
"""
import numpy as np

OMEGA_0 = 6.0


def scalogram(signal, scales):
    n = len(signal)
    spectrum = np.fft.fft(signal)
    omega = 2 * np.pi * np.fft.fftfreq(n)
    positive = omega > 0

    power = np.empty((len(scales), n))
    product = np.zeros(n, dtype=complex)
    for row, scale in enumerate(scales):
        # the wavelet is zero for negative frequencies, so only half of the exponentials are needed
        gauss = np.exp(-0.5 * (scale * omega[positive] - OMEGA_0) ** 2)
        product[positive] = spectrum[positive] * gauss
        coefficients = np.fft.ifft(product)
        # |psi_hat|^2 in front of the Gaussian: pi^(-1/2) * 2 pi s
        power[row] = 2 * np.sqrt(np.pi) * scale * (coefficients.real ** 2 + coefficients.imag ** 2)
    return power


def lab_signal(t):
    """The four wave packets of the lab."""
    packets = [(1, 0, 20), (3, 5, 20), (5.5, 10, 5), (4, 7, 5)]
    return sum(np.sin(f * t) * np.exp(-((t - 2 * np.pi * shift) / width) ** 2) for f, shift, width in packets)


if __name__ == "__main__":
    import matplotlib.pyplot as plt

    t = np.linspace(-20, 100, 2 ** 12)
    scales = np.geomspace(4, 400, 60)
    plt.pcolormesh(t, scales, scalogram(lab_signal(t), scales))
    plt.yscale("log")
    plt.xlabel("t")
    plt.ylabel("scale")
    plt.savefig("scalogram.png")
