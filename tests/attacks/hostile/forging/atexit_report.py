"""Registers a report of success for the end of the process, in every way that Python has, and ends it.

covers = ["fake report in `atexit`"]
task = "matmul"
verdict = ["WRONG_ANSWER", "RUNTIME_ERROR"]
"""

import atexit
import json
import os
import struct
import sys
import threading
import weakref

DONE = struct.pack("<IB", 0, 22)


def report(*_):
    for descriptor in range(1, 64):
        try:
            os.write(descriptor, DONE)
            os.write(descriptor, json.dumps({"verdict": "ACCEPTED", "score": 1}).encode())
        except OSError:
            pass
    os._exit(0)


class Last:
    def __del__(self):
        report()


last = Last()
finalizer = weakref.finalize(last, report)
atexit.register(report)
threading._register_atexit(report)
sys.excepthook = report


def matmul(a, b):
    try:
        atexit._run_exitfuncs()
    finally:
        sys.exit(0)
