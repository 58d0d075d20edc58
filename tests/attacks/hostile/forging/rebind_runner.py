"""Replaces the runner's own functions: what stores an answer, what sends frames, what calls the submission.

covers = ["rebinding the runner's globals"]
task = "matmul"
verdict = ["WRONG_ANSWER", "RUNTIME_ERROR"]
"""

import builtins
import sys

import numpy as np

for name, module in list(sys.modules.items()):
    if name.startswith(("grader", "__main__", "numpy.testing")):
        for key, value in list(vars(module).items()):
            if key in ("store", "_store_one", "check", "compare", "judge", "assert_allclose", "allclose"):
                setattr(module, key, lambda *_, **__: True)
        for kind in [value for value in vars(module).values() if isinstance(value, type)]:
            for method in ("_call", "check", "verify"):
                if method in vars(kind):
                    setattr(kind, method, lambda *_, **__: None)
np.allclose = np.array_equal = np.isclose = lambda *_, **__: True
builtins.isinstance = lambda *_: True


def matmul(a, b):
    return np.zeros((a.shape[0], b.shape[1]))
