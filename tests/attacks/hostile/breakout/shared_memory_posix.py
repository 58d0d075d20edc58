"""Leaves shared memory, files and queues of POSIX where another submission could find them, and looks for others' marks.

covers = ["keyring, SysV and POSIX shared memory, `flock` as side channels"]
task = "matmul"
verdict = "ACCEPTED"
"""

import ctypes
import glob
import os
from multiprocessing import shared_memory

FOLDERS = ("/dev/shm", "/tmp", "/var/tmp", "/run", "/dev/mqueue", os.path.expanduser("~"), "/root")
for mark in [mark for folder in FOLDERS for mark in glob.glob(f"{folder}/attack-mark-left-behind")]:
    print("attack-won: found another's", mark)
for folder in FOLDERS:
    try:
        with open(f"{folder}/attack-mark-left-behind", "w") as file:
            file.write("message")
    except OSError:
        pass
try:
    shared_memory.SharedMemory("attack-mark-shm", create=True, size=4096)
except (OSError, ImportError):
    pass
if ctypes.CDLL(None).mq_open(b"/attack-mark-queue", os.O_CREAT | os.O_RDWR, 0o666, None) >= 0:
    print("attack-won: a message queue")


def matmul(a, b):
    return a @ b
