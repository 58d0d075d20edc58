"""Hands in its file among thousands of others.

covers = ["a 2 GB source file, a 10⁶-deep expression, a 10⁶-cell notebook"]
task = "matmul"
verdict = "ACCEPTED"
setup = "many_files"
"""


def matmul(a, b):
    return a @ b
