"""Recurses without end, in Python and then in C, with the limit taken away.

covers = ["recursion, segfault, abort, `SIGSTOP` on itself"]
task = "matmul"
verdict = ["RUNTIME_ERROR", "MEMORY_LIMIT"]
"""

import sys
import threading

sys.setrecursionlimit(1 << 30)


def deeper(*path):
    return sorted([path], key=lambda _: deeper(*path, path))


def matmul(a, b):
    return deeper(a, b)
