"""Takes memory by arrays and writes to every page of it.

covers = ["heap, mmap, memfd and tmpfs bombs"]
task = "matmul"
verdict = ["MEMORY_LIMIT", "TIME_LIMIT"]
"""

import numpy as np


def matmul(a, b):
    hoard = [np.ones(1 << 23) for _ in range(64)]
    return a @ b + 0 * len(hoard)
