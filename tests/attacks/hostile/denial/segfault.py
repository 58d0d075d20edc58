"""Reads and writes at address 0, with a handler of its own that does it again.

covers = ["recursion, segfault, abort, `SIGSTOP` on itself"]
task = "matmul"
verdict = "RUNTIME_ERROR"
"""

import ctypes


def matmul(a, b):
    ctypes.memset(0, 1, 1 << 20)
