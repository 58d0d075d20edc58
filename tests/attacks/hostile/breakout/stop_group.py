"""Stops its whole process group: a grader that is in there, or the process that starts its workers, never goes on.

covers = ["ptrace, process_vm_writev, `kill` on the grader"]
task = "matmul"
verdict = "TIME_LIMIT"
"""

import os
import signal


def matmul(a, b):
    os.kill(0, signal.SIGSTOP)
    os.kill(-1, signal.SIGSTOP)
    while True:
        pass
