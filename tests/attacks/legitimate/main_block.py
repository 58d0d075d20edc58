"""Tries itself out under a main guard, with a clock, a picture and an exit.

task = "matmul"
verdict = "ACCEPTED"
"""

import sys
import time

import numpy as np


def matmul(a, b):
    return np.dot(a, b)


if __name__ == "__main__":
    generator = np.random.default_rng(1)
    first, second = generator.random((500, 500)), generator.random((500, 500))
    start = time.perf_counter()
    matmul(first, second)
    print(time.perf_counter() - start, "s")
    import matplotlib.pyplot as plt

    plt.imshow(first)
    plt.show()
    sys.exit(0)
