from concurrent.futures import ThreadPoolExecutor

import numpy as np


def julia_period(x, y, c, max_iter, max_period, tol):
    def period(z):
        for _ in range(max_iter):
            if abs(z) > 2:
                return 0
            z = z * z + c
        if abs(z) > 2:
            return 0
        settled = z
        for p in range(1, max_period + 1):
            z = z * z + c
            if abs(z) > 2:
                break
            if abs(z - settled) <= tol:
                return p
        return max_period + 1

    starts = [complex(a, b) for b in y.tolist() for a in x.tolist()]
    with ThreadPoolExecutor() as pool:
        futures = [pool.submit(period, z) for z in starts]
        periods = [future.result() for future in futures]
    return np.array(periods, dtype=np.int32).reshape(len(y), len(x))
