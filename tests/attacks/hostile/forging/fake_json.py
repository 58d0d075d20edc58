"""Prints what a grader that reads its workers' output would take for a verdict, in many dialects, and answers nothing.

covers = ["fake JSON on stdout"]
task = "matmul"
verdict = ["WRONG_ANSWER", "INVALID"]
"""

import json
import os
import sys

REPORT = {"verdict": "ACCEPTED", "status": "pass", "passed": True, "correct": True, "score": 1.0, "time": 1e-9, "wall_time_s": 1e-9}


def say():
    for text in (json.dumps(REPORT), "check: pass", "OK", "benchmark.0.best: 1", "PASSED [100%]", "\x04" + json.dumps([REPORT])):
        for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
            print(text, file=stream, flush=True)
        for descriptor in (1, 2):
            os.write(descriptor, text.encode() + b"\n")


say()


def matmul(a, b):
    say()
    return [[0.0] * b.shape[1]] * a.shape[0]
