"""Makes as many files, folders and links as it can, deep and wide, wherever it may write.

covers = ["disk and inode fill"]
task = "matmul"
verdict = ["ACCEPTED", "RUNTIME_ERROR", "MEMORY_LIMIT"]
"""

import os

made = 0
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/home", "/"):
    top = f"{folder}/attack-mark-fill"
    try:
        os.mkdir(top)
        for number in range(20_000):
            os.mkdir(f"{top}/{number}")
            made += 1
    except OSError:
        pass
    try:
        for _ in range(200):
            top += "/deep"
            os.mkdir(top)
            made += 1
    except OSError:
        pass
if made > 16_000:
    print("attack-won: made", made, "folders")


def matmul(a, b):
    return a @ b
