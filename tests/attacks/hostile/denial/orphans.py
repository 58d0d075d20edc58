"""Starts daemons, twice removed and in sessions of their own, that work on when the run is over.

covers = ["orphans that outlive the run"]
task = "matmul"
verdict = "ACCEPTED"
"""

import os
import subprocess
import time


def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 256)
            open("/tmp/attack-mark-daemon", "w").close()
            time.sleep(15)
        os._exit(0)


for start in (daemon, lambda: subprocess.Popen(["setsid", "sleep", "15"], start_new_session=True)):
    try:
        start()
        print("attack-won: left a process behind", flush=True)
    except OSError:
        pass


def matmul(a, b):
    return a @ b
