"""Configures logging for everybody, with a handler of its own and a line for each call.

task = "spectrogram"
verdict = "ACCEPTED"
"""

import logging
import sys

import numpy as np

logging.basicConfig(stream=sys.stderr, level=logging.DEBUG, format="%(asctime)s %(name)s: %(message)s", force=True)
LOG = logging.getLogger(__name__)


def spectrogram(signal, window, hop):
    LOG.debug("%d samples, window of %d", len(signal), len(window))
    return power_of(signal, window, hop)


def power_of(signal, window, hop):
    n_frames = max(0, 1 + (len(signal) - len(window)) // hop)
    if n_frames == 0:
        return np.zeros((0, len(window) // 2 + 1))
    frames = np.lib.stride_tricks.sliding_window_view(signal, len(window))[::hop] * window
    spectra = np.fft.rfft(frames)
    return spectra.real**2 + spectra.imag**2
