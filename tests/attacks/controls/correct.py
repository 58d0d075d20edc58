"""The correct control: it must be ACCEPTED after every attack.

task = "matmul"
verdict = "ACCEPTED"
"""


def matmul(a, b):
    return a @ b
