"""Kills its whole process group, itself included: whoever started it may be in there.

covers = ["ptrace, process_vm_writev, `kill` on the grader"]
task = "matmul"
verdict = "RUNTIME_ERROR"
"""

import os
import signal


def matmul(a, b):
    os.kill(0, signal.SIGKILL)
    return a @ b
