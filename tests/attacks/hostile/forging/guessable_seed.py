"""Draws with every seed that a grader might have used until the inputs come out, and so knows the answers to come.

covers = ["input regenerated from a guessable seed"]
task = "matmul"
verdict = "WRONG_ANSWER"
"""

import os
import random
import time

import numpy as np


def seeds():
    now = int(time.time())
    yield from range(200)
    yield from range(now - 100, now + 2)
    yield from (42, 123, 1234, 12345, 2026, 0xC0FFEE, 31337, os.getpid(), os.getppid())


def matmul(a, b):
    if a.size and b.size:
        for seed in seeds():
            for draw in (np.random.default_rng(seed).standard_normal, np.random.default_rng(seed).random):
                if np.array_equal(np.asarray(draw(a.shape)), a):
                    print("attack-won: the seed is", seed)
                    return a @ b
            random.seed(seed)
            if random.random() == a.flat[0]:
                print("attack-won: the seed is", seed)
                return a @ b
    return np.zeros((a.shape[0], b.shape[1]))
