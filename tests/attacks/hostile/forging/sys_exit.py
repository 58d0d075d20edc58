"""Leaves the call by SystemExit with code 0, and the import of a helper too.

covers = ["`os._exit(0)` / `sys.exit(0)` to look finished"]
task = "matmul"
verdict = "RUNTIME_ERROR"
"""

import sys


def matmul(a, b):
    raise SystemExit(0)


sys.setswitchinterval(10)
