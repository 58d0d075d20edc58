import numpy as np


def cut(signal, start, w):
    """w samples from `start` on, not shared with the signal."""
    samples = np.array(signal)
    return samples[start:start + w]


def spectrogram(signal, window, hop):
    w = len(window)
    starts = range(0, len(signal) - w + 1, hop)
    power = np.empty((len(starts), w // 2 + 1))
    for row, start in enumerate(starts):
        frame = cut(signal, start, w) * window
        power[row] = np.abs(np.fft.rfft(frame)) ** 2
    return power
