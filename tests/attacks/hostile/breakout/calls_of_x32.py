"""Makes system calls with the numbers of the x32 interface, which a filter on numbers may have forgotten.

covers = ["32-bit system calls"]
task = "matmul"
verdict = ["RUNTIME_ERROR", "ACCEPTED"]
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def matmul(a, b):
    pid = libc.syscall(0x40000000 | 57)  # fork
    if pid == 0:
        os._exit(0)
    if pid > 0:
        print("attack-won: forked by x32", flush=True)
    if libc.syscall(0x40000000 | 41, 2, 1, 0) >= 0:
        print("attack-won: a socket by x32", flush=True)
    return a @ b
