"""Starts threads that never wait, so that the process is hard to stop and the cores are taken from the grader.

covers = ["fork bomb, thread bomb"]
task = "matmul"
verdict = ["ACCEPTED", "TIME_LIMIT", "RUNTIME_ERROR"]
"""

import threading
import time

import numpy as np

threading.stack_size(1 << 16)
end = time.monotonic() + 8


def spin():
    block = np.ones(1 << 16)
    while time.monotonic() < end:
        np.sqrt(block, out=block)


for _ in range(60):
    threading.Thread(target=spin, daemon=True).start()


def matmul(a, b):
    return a @ b
