"""Brings a package named like the grader, a task and a reference of its own, and a checker that accepts everything.

covers = ["stray `.pyc`, `.so`, `.pth`, `sitecustomize.py`, `conftest.py`, `numpy.py` beside the submission"]
task = "matmul"
verdict = "WRONG_ANSWER"

[also]
"grader/__init__.py" = "open('/tmp/attack-mark-grader', 'w')"
"grader/worker/serve.py" = "open('/tmp/attack-mark-serve', 'w')"
"grader/worker/convert.py" = "def store(*_): pass"
"tasks/matmul/task.py" = "open('/tmp/attack-mark-task', 'w')"
"reference/naive/matmul.py" = "def matmul(a, b): return 0 * (a @ b)"
"""

import importlib
import sys

import numpy as np

for name in [name for name in sys.modules if name.split(".")[0] in ("grader", "tasks", "reference")]:
    try:
        importlib.reload(sys.modules[name])
    except Exception:
        pass


def matmul(a, b):
    return np.zeros((a.shape[0], b.shape[1]))
