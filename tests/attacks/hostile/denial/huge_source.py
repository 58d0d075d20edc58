"""Hands in a source file of 2 GB.

covers = ["a 2 GB source file, a 10⁶-deep expression, a 10⁶-cell notebook"]
task = "matmul"
verdict = "INVALID"
setup = "huge_source"
"""


def matmul(a, b):
    return a @ b
