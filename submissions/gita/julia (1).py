import numpy as np
from numba import njit, prange


@njit(parallel=True)
def julia(x: np.ndarray, y: np.ndarray, c: complex, max_iter: int) -> np.ndarray:
    counts = np.zeros((len(y), len(x)), dtype=np.int32)
    for row in prange(len(y)):
        for col in range(len(x)):
            z = complex(x[col], y[row])
            n = 0
            # |z|^2 instead of |z|: saves the square root
            while n < max_iter and z.real * z.real + z.imag * z.imag <= 4:
                z = z * z + c
                n += 1
            counts[row, col] = n
    return counts
