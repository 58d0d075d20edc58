"""Defines its function 20,000 times, so that whoever looks for the one that counts looks for a long time.

covers = ["a 2 GB source file, a 10⁶-deep expression, a 10⁶-cell notebook"]
task = "matmul"
verdict = ["ACCEPTED", "BUILD_ERROR", "INVALID"]
setup = "defined_again_and_again"
"""


def matmul(a, b):
    return a @ b
