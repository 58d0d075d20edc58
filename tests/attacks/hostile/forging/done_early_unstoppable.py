"""Says "done" at once, lets a timer continue the process whenever it is stopped, finishes the work, and only then stands still.

covers = ["\"done\" early, work later"]
task = "matmul"
verdict = ["ACCEPTED", "WRONG_ANSWER", "RUNTIME_ERROR"]
"""

import ctypes
import gc
import os
import signal
import stat
import struct
import threading

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
DONE = struct.pack("<IB", 0, 22)
EVERY_NS = 20_000


def channel():
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return descriptor
        except OSError:
            pass


FD = channel()
event = (ctypes.c_int * 16)(0, 0, signal.SIGCONT, 0)  # sigev_value, sigev_signo, SIGEV_SIGNAL
timer = ctypes.c_void_p()
ARMED = libc.timer_create(1, ctypes.byref(event), ctypes.byref(timer)) == 0


def arm(every_ns):
    libc.timer_settime(timer, 0, (ctypes.c_long * 4)(0, every_ns, 0, every_ns), None)


wait = threading.Event()
for _ in range(24):  # a look at all threads takes longer than the timer
    threading.Thread(target=wait.wait, daemon=True).start()


def output(shape):
    import grader.worker.serve as serve

    for one in gc.get_objects():
        if isinstance(one, serve.Worker):
            return one._outputs[0]
    return np.empty(shape)


def matmul(a, b):
    place = output((a.shape[0], b.shape[1]))
    if FD is None or not ARMED or a.size * b.shape[1] < 1 << 20:
        return a @ b
    arm(EVERY_NS)
    os.write(FD, DONE)
    place[...] = a @ b
    arm(0)
    os.kill(os.getpid(), signal.SIGSTOP)  # here the grader copies what is there
    # Continued by the next call, whose inputs lie in the same place: the word for it is taken off the channel.
    os.read(FD, 5)
    return matmul(a, b)
