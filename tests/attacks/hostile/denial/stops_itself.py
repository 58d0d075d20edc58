"""Stops itself and everything else in its namespace in the middle of a call.

covers = ["recursion, segfault, abort, `SIGSTOP` on itself"]
task = "matmul"
verdict = "TIME_LIMIT"
"""

import os
import signal


def matmul(a, b):
    while True:
        for pid in (os.getpid(), os.getppid(), -1, 0):
            try:
                os.kill(pid, signal.SIGSTOP)
            except OSError:
                pass
