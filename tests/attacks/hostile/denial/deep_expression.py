"""Hands in an expression that is a million operators deep.

covers = ["a 2 GB source file, a 10⁶-deep expression, a 10⁶-cell notebook"]
task = "matmul"
verdict = "BUILD_ERROR"
setup = "deep_expression"
"""


def matmul(a, b):
    return a @ b
