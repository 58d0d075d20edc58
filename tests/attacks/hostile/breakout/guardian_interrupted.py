"""Sends its guardian process the one signal that Python handles by itself, and goes on as if nothing had happened.

covers = ["ptrace, process_vm_writev, `kill` on the grader"]
task = "matmul"
verdict = ["ACCEPTED", "RUNTIME_ERROR"]
"""

import os
import signal
import time


def matmul(a, b):
    for number in range(1, 65):
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            for pid in (1, os.getppid()):
                if pid:
                    os.kill(pid, number)
    time.sleep(0.05)
    return a @ b
