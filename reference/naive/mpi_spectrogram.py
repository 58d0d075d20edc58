"""The spectrogram as its definition reads, the same in every process: more of them do not help, since each does all of it."""

import numpy as np


def mpi_spectrogram(signal: "float64[n]", window: "float64[w]", hop: int) -> "float64[n_frames,w//2+1]":
    """Compute power[k] = |rfft(signal[k·hop : k·hop + w] · window)|² for all frames k that lie within the signal.

    Args:
        signal: the samples; a signal shorter than the window has no frame.
        window: the weights of the samples of a frame, w ≥ 1 of them.
        hop: the samples from the start of one frame to the start of the next, ≥ 1.

    Returns:
        the power of each of the n_frames = 1 + ⌊(n − w) / hop⌋ frames at 0, 1, … w//2 cycles a frame, on rank 0.
    """
    n_frames = max(0, 1 + (len(signal) - len(window)) // hop)
    power = np.zeros((n_frames, len(window) // 2 + 1))
    for k in range(n_frames):
        frame = signal[k * hop : k * hop + len(window)]
        power[k] = np.abs(np.fft.rfft(frame * window)) ** 2
    return power
