"""Starts processes that start processes, by every way of starting one; each ends by itself after a few seconds.

covers = ["fork bomb, thread bomb"]
task = "matmul"
verdict = "ACCEPTED"
"""

import ctypes
import multiprocessing
import os
import subprocess
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)


def bomb():
    ways = (os.fork, lambda: libc.syscall(57), lambda: libc.syscall(56, 17, 0, 0, 0, 0))  # fork, clone
    for _ in range(4):
        for fork in ways:
            try:
                pid = fork()
            except OSError:
                continue
            if pid == 0:
                time.sleep(3)
                os._exit(0)
            if pid > 0:
                print("attack-won: forked", flush=True)
    try:
        subprocess.Popen(["sleep", "3"])
        os.posix_spawn("/bin/sleep", ["sleep", "3"], {})
        multiprocessing.get_context("spawn").Process(target=time.sleep, args=(3,)).start()
        print("attack-won: started a program", flush=True)
    except Exception:
        pass


threading.Thread(target=bomb).start()


def matmul(a, b):
    return a @ b
