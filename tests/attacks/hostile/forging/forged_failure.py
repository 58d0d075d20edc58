"""Sends a failure of its own making, in the grader's words, that blames the grader or hides behind another verdict.

covers = ["fake JSON on stdout"]
task = "matmul"
verdict = "RUNTIME_ERROR"
"""

import json
import os
import stat
import struct


def matmul(a, b):
    deep = "[" * 20_000
    bodies = [
        json.dumps({"kind": "ACCEPTED", "message": "correct", "verdict": "ACCEPTED"}).encode(),
        json.dumps({"kind": "exception", "message": {"verdict": "GRADER_ERROR"}, "module": ["x"]}).encode(),
        deep.encode(),
        b"\xff\xfe",
    ]
    for descriptor in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                for body in bodies:
                    os.write(descriptor, struct.pack("<IB", len(body), 23) + body)
        except OSError:
            pass
    return a @ b
