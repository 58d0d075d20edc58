import numpy as np


def spectrogram(signal, window, hop):
    w = len(window)
    n_frames = max(0, 1 + (len(signal) - w) // hop)
    S = np.zeros((n_frames, w // 2 + 1))
    for k in range(n_frames):
        frame = signal[k * hop:k * hop + w]
        frame = frame - frame.mean()    # else the constant part outshines everything (scipy does it too)
        S[k] = np.abs(np.fft.rfft(frame * window)) ** 2
    return S
