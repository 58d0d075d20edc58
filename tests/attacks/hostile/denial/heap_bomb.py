"""Takes memory by objects, doubling what it has.

covers = ["heap, mmap, memfd and tmpfs bombs"]
task = "matmul"
verdict = ["MEMORY_LIMIT", "TIME_LIMIT"]
"""


def matmul(a, b):
    hoard = [b"x" * 1024]
    while len(hoard) < 1 << 22:
        hoard += [bytes(1024) for _ in hoard]
    return a @ b
