"""Aborts, asks for a core dump of everything it has, and does it from a thread.

covers = ["recursion, segfault, abort, `SIGSTOP` on itself"]
task = "matmul"
verdict = "RUNTIME_ERROR"
"""

import os
import resource
import threading

try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print("attack-won: may dump its core")
except (ValueError, OSError):
    pass


def matmul(a, b):
    thread = threading.Thread(target=os.abort)
    thread.start()
    thread.join()
