import numpy as np


def spectrogram(signal, window, hop):
    w = len(window)
    n_frames = max(0, 1 + (len(signal) - w) // hop)
    power = np.zeros((n_frames, w // 2 + 1))
    for k in range(n_frames):
        frame = signal[k * hop:k * hop + w]
        weighted = [sample * weight for sample, weight in zip(frame, window)]
        power[k] = np.abs(np.fft.rfft(weighted)) ** 2
    return power
