"""Imports the grader's own modules, the task and the reference by name, and lets them compute the answer.

covers = ["reading the reference, the checker, other authors, the results"]
task = "julia"
verdict = "WRONG_ANSWER"
"""

import glob
import importlib
import os
import sys

import numpy as np

import grader

ROOTS = {os.path.dirname(os.path.dirname(grader.__file__)), os.getcwd(), *glob.glob("/tmp/attacked-*/course")}
functions = []
for root in ROOTS:
    sys.path.append(root)
    for name in ("tasks.julia.task", "reference.numba.julia", "reference.naive.julia", "grader.grading.judge", "grader.store"):
        try:
            module = importlib.import_module(name)
        except Exception:
            continue
        print("found", name, getattr(module, "COURSE_NOTE", ""))
        functions += [getattr(module, "julia", None), getattr(getattr(module, "TASK", None), "expect", None)]


def julia(x, y, c, max_iter):
    for function in filter(None, functions):
        for arguments in ((x, y, c, max_iter), ((x, y, c, max_iter),)):
            try:
                return np.asarray(function(*arguments))
            except Exception:
                pass
    return np.zeros((len(y), len(x)), np.int32)
