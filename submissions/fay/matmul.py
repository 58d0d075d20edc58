import numpy as np


def matmul(a, b):
    """One row of the result at a time: a combination of the rows of b."""
    c = np.empty((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        c[i] = (a[i][:, None] * b).sum(axis=0)
    return c


def test():
    a = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    b = np.array([[1.0, 0.0, -1.0], [0.5, 2.0, 0.0]])
    assert np.allclose(matmul(a, b), [[2, 4, -1], [5, 8, -3], [8, 12, -5]])


if __name__ == "__main__":
    test()
    print("ok")
