"""Ends the process with code 0 in the middle of a call.

covers = ["`os._exit(0)` / `sys.exit(0)` to look finished"]
task = "matmul"
verdict = "RUNTIME_ERROR"
"""

import os


def matmul(a, b):
    os._exit(0)
