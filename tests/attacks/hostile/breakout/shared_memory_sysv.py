"""Leaves shared memory, a semaphore and a queue of System V for another submission.

covers = ["keyring, SysV and POSIX shared memory, `flock` as side channels"]
task = "matmul"
verdict = "ACCEPTED"
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
KEY = 0x41544B31
for name, arguments in (("shmget", (KEY, 4096, 0o1666)), ("semget", (KEY, 1, 0o1666)), ("msgget", (KEY, 0o1666))):
    if getattr(libc, name)(*arguments) >= 0:
        print("attack-won:", name)


def matmul(a, b):
    return a @ b
