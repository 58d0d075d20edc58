import numpy

def spectrogram(signal, window, hop):
    n = len(signal)
    w = len(window)
    frames = []
    i = 0
    while i + w <= n:
        f = numpy.fft.fft(signal[i:i + w] * window)
        f = f[:w // 2 + 1]
        frames.append(f.real ** 2 + f.imag ** 2)
        i = i + hop
    return numpy.vstack(frames)
