"""Hands in a notebook that runs shell lines and magics, in cells of their own and around the function.

covers = ["notebooks with `!shell` and magics"]
task = "matmul"
verdict = "ACCEPTED"
setup = "shell_notebook"
"""


def matmul(a, b):
    return a @ b
