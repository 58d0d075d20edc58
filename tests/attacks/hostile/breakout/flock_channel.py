"""Locks files that every submission of the run can see: who comes later, or runs beside it, can read bits from the locks.

covers = ["keyring, SysV and POSIX shared memory, `flock` as side channels"]
task = "matmul"
verdict = "ACCEPTED"
"""

import ctypes
import fcntl
import os
import sys

import numpy

libc = ctypes.CDLL(None, use_errno=True)
reached = {}
for path in (os.__file__, numpy.__file__, sys.executable, "/usr", "/"):
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        continue
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        reached.setdefault("locked", path)
    except OSError:
        pass
    for command in (fcntl.F_SETLEASE, fcntl.F_OFD_SETLK, fcntl.F_SETLK):
        try:
            if command == fcntl.F_SETLEASE:
                fcntl.fcntl(descriptor, command, fcntl.F_RDLCK)
                reached.setdefault("has a lease on", path)
            else:
                fcntl.fcntl(descriptor, command, b"\0\0\0\0" + bytes(28))
                reached.setdefault("has a record lock on", path)
        except OSError:
            pass
watch = libc.inotify_init1(os.O_NONBLOCK)
if watch >= 0 and libc.inotify_add_watch(watch, os.path.dirname(os.__file__).encode(), 0x3F) >= 0:
    reached["is told of what others open in"] = os.path.dirname(os.__file__)
for what, path in reached.items():
    print("attack-won:", what, path)


def matmul(a, b):
    return a @ b
