"""Says done on the runner's channel before it begins, and computes while the grader takes the answer for complete.

covers = ['"done" early, work later']
task = "spectrogram"
verdict = ["WRONG_ANSWER", "RUNTIME_ERROR"]
"""

import gc
import socket
import struct

import numpy as np


def say_done():
    for found in gc.get_objects():
        if type(found) is socket.socket and found.fileno() >= 0:
            try:
                found.send(struct.pack("<IB", 0, 22))
            except OSError as error:
                print(error)


def spectrogram(signal, window, hop):
    say_done()
    return compute(signal, window, hop)


ROOM = {}  # the arrays of the answers, by shape: a fresh one would cost as much as the work


def compute(signal, window, hop):
    shape = max(0, 1 + (len(signal) - len(window)) // hop), len(window) // 2 + 1
    power = ROOM.setdefault(shape, np.empty(shape))
    for first in range(0, shape[0], 16):
        count = min(16, shape[0] - first)
        frames = np.lib.stride_tricks.sliding_window_view(signal[first * hop :], len(window))[::hop][:count] * window
        spectra = np.fft.rfft(frames)
        power[first : first + count] = spectra.real**2 + spectra.imag**2
    return power
