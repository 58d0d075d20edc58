"""Asks the linear algebra library for as many threads as the machine has, within the budget that it is given.

task = "matmul"
verdict = "ACCEPTED"
"""

import os

import numpy as np
from threadpoolctl import threadpool_limits

BUDGET = int(os.environ.get("OMP_NUM_THREADS", "1"))


def matmul(a, b):
    with threadpool_limits(BUDGET, user_api="blas"):
        return np.matmul(a, b)
