"""Hands in an f-string of 80,000 parts, which takes the parser of whoever reads it seconds or minutes.

covers = ["a 2 GB source file, a 10⁶-deep expression, a 10⁶-cell notebook"]
task = "matmul"
verdict = ["ACCEPTED", "BUILD_ERROR", "INVALID"]
setup = "endless_f_string"
"""


def matmul(a, b):
    return a @ b
