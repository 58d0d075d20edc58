"""The spectrogram, its frames shared out between two processes, which get the signal when they are forked."""
from multiprocessing import Pool

import numpy as np

GIVEN = {}


def spectrogram(signal, window, hop):
    w = len(window)
    n_frames = max(0, (len(signal) - w) // hop + 1)
    power = np.empty((n_frames, w // 2 + 1))
    with Pool(2, GIVEN.update, ({"signal": signal, "window": window, "hop": hop},)) as pool:
        for number, values in enumerate(pool.imap(power_of_frame, range(n_frames))):
            power[number] = values
    return power


def power_of_frame(number):
    start = number * GIVEN["hop"]
    values = np.fft.rfft(GIVEN["signal"][start:start + len(GIVEN["window"])] * GIVEN["window"])
    return values.real**2 + values.imag**2
