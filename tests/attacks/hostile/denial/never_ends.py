"""Answers rightly, and then refuses to end: handlers, threads and destructors that go on.

covers = ["never returning from import, from conversion, at exit", "orphans that outlive the run"]
task = "matmul"
verdict = "ACCEPTED"
"""

import atexit
import ctypes
import signal
import threading
import time

ctypes.CDLL(None).prctl(1, 0)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
    signal.signal(number, lambda *_: None)


def linger():
    end = time.monotonic() + 20
    while time.monotonic() < end:
        time.sleep(0.1)


atexit.register(linger)
threading.Thread(target=linger, daemon=False).start()


def matmul(a, b):
    return a @ b
