"""Waits forever for something that never comes, in many threads, without using the processor.

covers = ["infinite loop ignoring signals"]
task = "matmul"
verdict = "TIME_LIMIT"
"""

import threading


def matmul(a, b):
    never = threading.Event()
    threads = [threading.Thread(target=never.wait) for _ in range(4)]
    for thread in threads:
        thread.start()
    never.wait()
