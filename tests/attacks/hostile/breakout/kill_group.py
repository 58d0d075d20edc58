"""Sends a signal that it ignores itself to its whole process group: whoever started it and whoever runs beside it may be in there.

covers = ["ptrace, process_vm_writev, `kill` on the grader"]
task = "matmul"
verdict = "ACCEPTED"
"""

import os
import signal
import time

signal.signal(signal.SIGUSR1, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)


def matmul(a, b):
    for group in (0, -1, os.getpgrp(), os.getsid(0)):
        for number in (signal.SIGUSR1, signal.SIGTERM):
            try:
                if group <= 0:
                    os.kill(group, number)
                else:
                    os.killpg(group, number)
            except OSError:
                pass
    time.sleep(0.05)
    return a @ b
