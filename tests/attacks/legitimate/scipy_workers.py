"""Names the number of SciPy's workers, and overwrites what is transformed.

task = "spectrogram"
verdict = "ACCEPTED"
"""

import numpy as np
import scipy.fft


def spectrogram(signal, window, hop):
    n_frames = max(0, 1 + (len(signal) - len(window)) // hop)
    if n_frames == 0:
        return np.empty((0, len(window) // 2 + 1))
    with scipy.fft.set_workers(1):
        frames = np.lib.stride_tricks.as_strided(
            signal, (n_frames, len(window)), (hop * signal.strides[0], signal.strides[0]), writeable=False
        )
        spectra = scipy.fft.rfft(frames * window, workers=1, overwrite_x=True)
    return np.square(spectra.real) + np.square(spectra.imag)
