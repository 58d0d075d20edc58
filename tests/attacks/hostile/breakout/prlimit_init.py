"""Takes every resource from its own guardian process and then ends, so that nobody can report how.

covers = ["ptrace, process_vm_writev, `kill` on the grader"]
task = "matmul"
verdict = "RUNTIME_ERROR"
"""

import os
import resource

done = set()
for limit in range(16):
    for pid in (1, os.getppid()):
        try:
            if pid:
                resource.prlimit(pid, limit, (0, 0))
                done.add(limit)
        except (OSError, ValueError):
            pass
if done:
    print("attack-won: took", len(done), "kinds of resources from its guardian")


def matmul(a, b):
    os._exit(7)
