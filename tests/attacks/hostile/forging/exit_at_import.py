"""Ends the process with code 0 while it is imported: nothing has gone wrong yet, has it?

covers = ["`os._exit(0)` / `sys.exit(0)` to look finished"]
task = "matmul"
verdict = "RUNTIME_ERROR"
"""

import os


def matmul(a, b):
    return a @ b


os._exit(0)
