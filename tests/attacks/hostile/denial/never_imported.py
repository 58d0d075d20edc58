"""Never comes back from its import.

covers = ["never returning from import, from conversion, at exit"]
task = "matmul"
verdict = "TIME_LIMIT"
"""

import signal

signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    pass


def matmul(a, b):
    return a @ b
