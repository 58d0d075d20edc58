"""Hands in a notebook of a million cells.

covers = ["a 2 GB source file, a 10⁶-deep expression, a 10⁶-cell notebook"]
task = "matmul"
verdict = "INVALID"
setup = "million_cells"
"""


def matmul(a, b):
    return a @ b
