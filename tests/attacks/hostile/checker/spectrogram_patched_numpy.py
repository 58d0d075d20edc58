"""Replaces every comparison that NumPy has by one that is always content, and returns zeros.

covers = ["patched `np.allclose`, `np.testing`, `np.sort`"]
task = "spectrogram"
verdict = "WRONG_ANSWER"
"""

import builtins
import sys

import numpy as np
import numpy.testing


def _yes(*_, **__):
    return True


def _nothing(*_, **__):
    return None


for _name in ("allclose", "array_equal", "array_equiv", "all"):
    setattr(np, _name, _yes)
for _name in ("isclose", "isfinite", "less_equal"):
    setattr(np, _name, lambda a, *_, **__: np.ones(getattr(a, "shape", ()), dtype=bool))
np.isnan = np.argwhere = lambda a, *_, **__: np.zeros((0, np.ndim(a)), dtype=bool)
np.sort = lambda a, *_, **__: a
for _name in dir(numpy.testing):
    if _name.startswith("assert"):
        setattr(numpy.testing, _name, _nothing)
for _module in list(sys.modules.values()):
    for _name in ("check", "judge", "count_wrong", "_not_finite"):
        if callable(getattr(_module, _name, None)) and _module is not builtins:
            setattr(_module, _name, _nothing)


def spectrogram(signal, window, hop):
    return np.zeros((max(0, 1 + (len(signal) - len(window)) // hop), len(window) // 2 + 1))
