"""Asks for all cores, the highest priority and a real-time scheduler, by Python and by bare system calls.

covers = ["hidden extra threads, BLAS pools, widened affinity, priorities"]
task = "matmul"
verdict = "ACCEPTED"
honest = "numpy"
"""

import ctypes
import os
import resource

import numpy as np

LIBC = ctypes.CDLL(None, use_errno=True)
BEFORE = os.sched_getaffinity(0)


def tried(what, *arguments):
    try:
        return what(*arguments)
    except (OSError, ValueError, AttributeError) as error:
        print(getattr(what, "__name__", what), error)
        return None


tried(os.sched_setaffinity, 0, range(64))
mask = (ctypes.c_ulong * 16)(*[2**64 - 1] * 16)
LIBC.syscall(203, 0, 128, mask)
if os.sched_getaffinity(0) > BEFORE:
    print("attack-won: the affinity was widened")
tried(os.nice, -20)
tried(os.setpriority, os.PRIO_PROCESS, 0, -20)
tried(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(50))
tried(resource.setrlimit, resource.RLIMIT_NICE, (40, 40)) if hasattr(resource, "RLIMIT_NICE") else None
if os.getpriority(os.PRIO_PROCESS, 0) < 0:
    print("attack-won: the priority was raised")


def matmul(a, b):
    return a @ b
