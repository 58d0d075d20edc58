"""Lets a timer continue the process when it was stopped, and prints all the time from a thread that nobody stops.

covers = ["output flood"]
task = "matmul"
verdict = ["ACCEPTED", "RUNTIME_ERROR"]
"""

import ctypes
import fcntl
import os
import signal
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
timers = []


def alarm(after_s):
    event = (ctypes.c_int * 16)(0, 0, signal.SIGCONT, 0)
    timer = ctypes.c_void_p()
    if libc.timer_create(1, ctypes.byref(event), ctypes.byref(timer)) == 0:
        libc.timer_settime(timer, 0, (ctypes.c_long * 4)(0, 0, int(after_s), int(after_s % 1 * 1e9)), None)
        timers.append(timer)


def flood():
    try:
        fcntl.fcntl(1, 1031, 1 << 20)
    except OSError:
        pass
    written, end = 0, time.monotonic() + 25
    while written < 600 << 20 and time.monotonic() < end:
        try:
            written += os.write(1, b"x" * (1 << 18))
        except BlockingIOError:
            time.sleep(0.0005)


for number in range(2000):
    alarm(0.01 * (number + 1))
signal.signal(signal.SIGCONT, lambda *_: None)
threading.Thread(target=flood, daemon=True).start()


def matmul(a, b):
    return a @ b
