"""Says "done" at once, lets a timer continue the process whenever it is stopped, finishes the work, and only then stands still.

covers = ["\"done\" early, work later"]
task = "matmul"
verdict = ["ACCEPTED", "WRONG_ANSWER", "RUNTIME_ERROR"]
honest = "numpy"
"""

import ctypes
import fcntl
import gc
import os
import signal
import stat
import struct
import threading
import time

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
DONE = struct.pack("<IB", 0, 22)
EVERY_NS = 25_000
TIMERS = 120


def channel():
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return descriptor
        except OSError:
            pass


FD = channel()
event = (ctypes.c_int * 16)(0, 0, signal.SIGCONT, 0)  # sigev_value, sigev_signo, SIGEV_SIGNAL
timers = [ctypes.c_void_p() for _ in range(TIMERS)]  # each goes off once: the kernel slows down what repeats
ARMED = all(libc.timer_create(1, ctypes.byref(event), ctypes.byref(timer)) == 0 for timer in timers)
ALARMS = [(timer, (ctypes.c_long * 4)(0, 0, 0, 20_000 + EVERY_NS * number)) for number, timer in enumerate(timers)]


def arm():
    settime = libc.timer_settime
    for timer, alarm in ALARMS:
        settime(timer, 0, alarm, None)


threading.stack_size(1 << 17)
wait = threading.Event()
for _ in range(24):  # a look at all threads takes longer than the timer
    threading.Thread(target=wait.wait, daemon=True).start()


def unread():
    """Bytes of ours that the grader has not read yet (SIOCOUTQ)."""
    return struct.unpack("i", fcntl.ioctl(FD, 0x5411, bytes(4)))[0]


import grader.worker.serve as serve

said = False
send = serve.send


def send_once(channel, operation, *rest):
    """The runner's own "done" is left out where it was said already."""
    global said
    if said:
        said = False
    else:
        send(channel, operation, *rest)


serve.send = send_once


worker = next(one for one in gc.get_objects() if type(one) is serve.Worker)


def matmul(a, b):
    global said
    if FD is None or not ARMED or a.shape[0] * b.shape[1] < 1 << 18:
        return a @ b
    place = worker._outputs[0]
    said = True
    arm()
    os.write(FD, DONE)
    while unread():
        time.sleep(0.0001)
        arm()
    time.sleep(0.004)  # the one SIGSTOP comes now, and is undone
    np.matmul(a, b, out=place)
    os.kill(os.getpid(), signal.SIGSTOP)  # here the grader copies what is there
    return place
