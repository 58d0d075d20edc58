"""Ends its main thread alone: the process looks dead, and its other threads go on.

covers = ["recursion, segfault, abort, `SIGSTOP` on itself", "orphans that outlive the run"]
task = "matmul"
verdict = ["TIME_LIMIT", "RUNTIME_ERROR"]
"""

import ctypes
import threading
import time


def matmul(a, b):
    threading.Thread(target=time.sleep, args=(20,)).start()
    ctypes.CDLL(None).syscall(60, 0)  # exit, of this thread
