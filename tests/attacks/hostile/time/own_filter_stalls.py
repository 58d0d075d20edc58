"""Installs a filter of its own, under which nothing can be sent and no clock be asked: is a runner that waits forever stalled?

covers = ["`setitimer`, `SIGALRM`, own seccomp filter that stalls the runner"]
task = "spectrogram"
verdict = ["RUNTIME_ERROR", "ACCEPTED"]  # where it may not install one, it is an honest spectrogram
honest = "numpy"
"""

import ctypes
import platform
import struct

import numpy as np

SENDTO, WRITE, SENDMSG, CLOCK_GETTIME = (44, 1, 46, 228) if platform.machine() == "x86_64" else (206, 64, 211, 113)


def install():
    """Allow everything but these calls, which fail with EAGAIN as if the other side were just busy."""
    def instruction(code, jt, jf, k):
        return struct.pack("<HBBI", code, jt, jf, k)

    denied = (SENDTO, WRITE, SENDMSG, CLOCK_GETTIME)
    program = instruction(0x20, 0, 0, 0)
    for position, number in enumerate(denied):
        program += instruction(0x15, len(denied) - position, 0, number)
    program += instruction(0x06, 0, 0, 0x7FFF0000) + instruction(0x06, 0, 0, 0x00050000 | 11)
    room = ctypes.create_string_buffer(program, len(program))
    fields = struct.pack("<HxxxxxxQ", len(program) // 8, ctypes.addressof(room))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)
    libc.prctl(22, 2, ctypes.c_char_p(fields), 0, 0)


def spectrogram(signal, window, hop):
    power = compute(signal, window, hop)
    if len(signal) > 1000:
        install()
    return power


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
