"""Loops forever and ignores every signal that can be ignored.

covers = ["infinite loop ignoring signals"]
task = "matmul"
verdict = "TIME_LIMIT"
"""

import ctypes
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
ctypes.CDLL(None).prctl(1, 0)  # not even the end of its parent is told to it


def matmul(a, b):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
