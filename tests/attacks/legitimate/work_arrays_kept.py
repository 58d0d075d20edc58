"""Keeps its work arrays from call to call, by shape, and fills them anew each time.

task = "spectrogram"
verdict = "ACCEPTED"
"""

import numpy as np

ROOM = {}


def room_for(*shape):
    if shape not in ROOM:
        ROOM[shape] = np.empty(shape)
    return ROOM[shape]


def spectrogram(signal, window, hop):
    n_frames = max(0, 1 + (len(signal) - len(window)) // hop)
    power = room_for(n_frames, len(window) // 2 + 1)
    frame = room_for(len(window))
    for number in range(n_frames):
        np.multiply(signal[number * hop : number * hop + len(window)], window, out=frame)
        spectrum = np.fft.rfft(frame)
        power[number] = spectrum.real**2 + spectrum.imag**2
    return power
