"""Asks how many cores there are, which processor it is and how much memory, to choose its block size.

task = "bifurcation"
verdict = "ACCEPTED"
"""

import os
import platform
import resource
from pathlib import Path

import numpy as np

CORES = os.cpu_count() or 1
HERE = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else CORES
SOFT, _ = resource.getrlimit(resource.RLIMIT_AS)
CPU = Path("/proc/cpuinfo")
MODEL = next((line for line in CPU.read_text().splitlines() if "model name" in line), "?") if CPU.exists() else "?"
BLOCK = 4096 if CORES > 1 else 2048
print(platform.machine(), CORES, HERE, SOFT, MODEL, platform.python_version())


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    for left in range(0, len(r), BLOCK):
        rate, x = r[left : left + BLOCK], x0[left : left + BLOCK]
        for _ in range(n_transient):
            x = rate * x * (1 - x)
        for row in range(n_keep):
            x = rate * x * (1 - x)
            kept[row, left : left + BLOCK] = x
    return kept
