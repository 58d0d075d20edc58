"""Hands in the checker itself, by a hard link, as a module beside its code, and looks into it.

covers = ["symlink, hard link, device or FIFO as submission"]
task = "matmul"
verdict = "ACCEPTED"
setup = "hard_link_to_reference"
"""


def matmul(a, b):
    return a @ b
