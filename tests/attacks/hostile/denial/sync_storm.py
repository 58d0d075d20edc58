"""Asks the kernel to write all of the machine's disks out, again and again: a call that cannot be stopped in the middle.

covers = ["disk and inode fill"]
task = "matmul"
verdict = ["ACCEPTED", "TIME_LIMIT"]
"""

import os
import threading
import time

end = time.monotonic() + 3


def storm():
    while time.monotonic() < end:
        os.sync()


for _ in range(4):
    threading.Thread(target=storm, daemon=True).start()


def matmul(a, b):
    return a @ b
