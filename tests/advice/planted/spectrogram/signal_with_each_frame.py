"""The spectrogram, its frames shared out between two processes."""
from multiprocessing import Pool

import numpy as np


def spectrogram(signal, window, hop):
    w = len(window)
    n_frames = max(0, (len(signal) - w) // hop + 1)
    power = np.empty((n_frames, w // 2 + 1))
    jobs = [(signal, window, hop, number) for number in range(n_frames)]
    with Pool(2) as pool:
        for number, values in enumerate(pool.imap(power_of_frame, jobs)):
            power[number] = values
    return power


def power_of_frame(job):
    signal, window, hop, number = job
    frame = signal[number * hop:number * hop + len(window)]
    values = np.fft.rfft(frame * window)
    return values.real**2 + values.imag**2
