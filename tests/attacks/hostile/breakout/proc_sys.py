"""Opens the kernel's settings for writing: those that run programs, those that loosen memory, those of its own process.

covers = ["`/proc/sys` writes"]
task = "matmul"
verdict = "ACCEPTED"
"""

import glob
import os

NAMES = ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/overcommit_memory", "/proc/sysrq-trigger"]
NAMES += glob.glob("/proc/sys/kernel/*") + glob.glob("/proc/sys/vm/*") + glob.glob("/proc/sys/user/*") + glob.glob("/sys/*")
NAMES += [f"/proc/self/{name}" for name in ("oom_score_adj", "uid_map", "gid_map", "setgroups", "coredump_filter", "comm", "attr/current")]
NAMES += ["/proc/1/oom_score_adj", "/proc/1/uid_map", "/sys/fs/cgroup/cgroup.procs", "/sys/kernel/uevent_helper"]
for name in NAMES:
    try:
        descriptor = os.open(name, os.O_WRONLY)
    except OSError:
        continue
    print("attack-won: may write to", name)
    os.close(descriptor)


def matmul(a, b):
    return a @ b
