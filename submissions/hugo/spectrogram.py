from concurrent.futures import ThreadPoolExecutor

import numpy as np

WORKERS = 4
pool = ThreadPoolExecutor(WORKERS)   # only once, starting threads in each call would cost too much


def spectrogram(signal, window, hop):
    w = len(window)
    n_frames = max(0, (len(signal) - w) // hop + 1)
    result = np.empty((n_frames, w // 2 + 1))

    def work(first):
        # worker number `first` takes every 4th frame; numpy's FFT releases the GIL
        for k in range(first, n_frames, WORKERS):
            X = np.fft.rfft(signal[k * hop:k * hop + w] * window)
            result[k] = X.real ** 2 + X.imag ** 2

    list(pool.map(work, range(WORKERS)))
    return result
